import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { realEnv } from '../../../src-main/env/real'
import { StoreService } from '../../../src-main/rpc/generated/dingodb/store_pb'
import { GrpcServer } from '../../../src-main/rpc/grpc/grpc-server'
import { ServiceRegistry } from '../../../src-main/rpc/service-registry'
import { bundleScript } from './load-process'

/** A gRPC server in a process of its own whose handlers do nothing: what grpc-js itself can carry. */
export const startEmptyServer = {
  async start(): Promise<{ readonly address: string; stop(): void }> {
    const child = spawn(process.execPath, ['--input-type=module', '-e', bundleScript(['empty-server'])], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [address] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
    return {
      address,
      stop: () => {
        child.kill('SIGKILL')
      },
    }
  },

  /** The server's side; runs until it is killed. */
  async serve(): Promise<never> {
    const registry = new ServiceRegistry().add(StoreService, { kvPut: () => ({}), kvGet: () => ({}) })
    const server = await GrpcServer.start({ registry, port: 0, env: realEnv() })
    console.log(server.address)
    return new Promise(() => {
      // Ends with the process.
    })
  },
}
