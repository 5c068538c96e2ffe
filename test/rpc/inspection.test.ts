import { Client, credentials } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { realEnv } from '../../src-main/env/real'
import { GrpcServer } from '../../src-main/rpc/grpc/grpc-server'
import { echoRegistry } from './support/echo-service'

interface StreamingDefinition {
  readonly path: string
  requestSerialize(value: object): Buffer
  responseDeserialize(bytes: Buffer): Record<string, never>
}

test.each(['v1', 'v1alpha'])('reflection (%s) lists services and gives their files with imports', async (version) => {
  const server = await GrpcServer.start({ registry: echoRegistry(), env: realEnv(), port: 0 })
  const client = new Client(server.address, credentials.createInsecure())
  try {
    const packageRoot = dirname(createRequire(import.meta.url).resolve('@grpc/reflection/package.json'))
    const definition = loadSync(join(packageRoot, 'build', 'proto', 'grpc', 'reflection', version, 'reflection.proto'))
    const service = definition[`grpc.reflection.${version}.ServerReflection`] as unknown as Record<
      string,
      StreamingDefinition
    >
    const method = service['ServerReflectionInfo']!
    const ask = (request: object) =>
      new Promise<Record<string, never>>((resolve, reject) => {
        const stream = client.makeBidiStreamRequest(method.path, method.requestSerialize, method.responseDeserialize)
        stream.once('data', resolve).once('error', reject)
        stream.write(request)
        stream.end()
      })
    const list = await ask({ listServices: '*' })
    expect(JSON.stringify(list)).toContain('dingodb.pb.store.StoreService')
    const file = await ask({ fileContainingSymbol: 'dingodb.pb.store.StoreService' })
    const { fileDescriptorProto } = file['fileDescriptorResponse'] as unknown as { fileDescriptorProto: Buffer[] }
    expect(fileDescriptorProto.length).toBeGreaterThan(2)
  } finally {
    client.close()
    await server.closeNow()
  }
})
