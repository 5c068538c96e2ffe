import type { DescFile, DescService } from '@bufbuild/protobuf'
import { toBinary } from '@bufbuild/protobuf'
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt'
import type { Server } from '@grpc/grpc-js'
import { asBuffer } from './byte-view'
import { collectMethods, registerLazily } from './lazy-methods'

const REFLECTION_PATHS = ['v1', 'v1alpha'].map(
  (version) => `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
)
const HEALTH_CALL_PATHS = ['Check', 'List'].map((method) => `/grpc.health.v1.Health/${method}`)
const HEALTH_WATCH_PATH = '/grpc.health.v1.Health/Watch'

/**
 * Adds reflection (v1 and v1alpha) and health, so that grpcurl and its like can list and call what the node serves. Their
 * libraries take longer to load than all the rest of a node, so that they are loaded at the first call.
 *
 * @returns sets the health of every service, and of the node as a whole (the empty name)
 */
export function addInspectionServices(server: Server, services: readonly DescService[]): (isServing: boolean) => void {
  registerLazily(server, { unary: [], watching: [], streaming: REFLECTION_PATHS }, async () => {
    const { ReflectionService } = await import('@grpc/reflection')
    const files = new Map<string, Buffer>()
    for (const service of services) collectFiles(service.file, files)
    // The library reads nothing of a package but the descriptors of its files.
    const descriptors = { format: 'descriptors', type: {}, fileDescriptorProtos: [...files.values()] }
    const reflection = new ReflectionService({ descriptors } as never, {
      services: services.map((service) => service.typeName),
    })
    return collectMethods((taker) => {
      reflection.addToServer(taker)
    })
  })

  const healthNames = ['', ...services.map((service) => service.typeName)]
  let isServing = true
  let health: { setStatus(service: string, status: 'SERVING' | 'NOT_SERVING'): void } | undefined
  const tellHealth = (): void => {
    for (const name of healthNames) health?.setStatus(name, isServing ? 'SERVING' : 'NOT_SERVING')
  }
  registerLazily(server, { unary: HEALTH_CALL_PATHS, watching: [HEALTH_WATCH_PATH], streaming: [] }, async () => {
    const { HealthImplementation } = await import('grpc-health-check')
    const implementation = new HealthImplementation()
    health = implementation
    tellHealth()
    return collectMethods((taker) => {
      implementation.addToServer(taker as Server)
    })
  })
  return (serves) => {
    isServing = serves
    tellHealth()
  }
}

/** The descriptors of a file and of all that it imports, each once. */
function collectFiles(file: DescFile, files: Map<string, Buffer>): void {
  if (files.has(file.proto.name)) return
  files.set(file.proto.name, asBuffer(toBinary(FileDescriptorProtoSchema, file.proto)))
  for (const dependency of file.dependencies) collectFiles(dependency, files)
}
