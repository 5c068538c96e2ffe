import type { DescFile, DescService } from '@bufbuild/protobuf'
import { toBinary } from '@bufbuild/protobuf'
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt'
import type { Server } from '@grpc/grpc-js'
import { ReflectionService } from '@grpc/reflection'
import { HealthImplementation } from 'grpc-health-check'
import { asBuffer } from './byte-view'

/**
 * Adds reflection (v1 and v1alpha) and health, so that grpcurl and its like can list and call what the node serves.
 *
 * @returns sets the health of every service, and of the node as a whole (the empty name)
 */
export function addInspectionServices(server: Server, services: readonly DescService[]): (isServing: boolean) => void {
  const files = new Map<string, Buffer>()
  for (const service of services) collectFiles(service.file, files)
  const names = services.map((service) => service.typeName)
  // The library reads nothing of a package but the descriptors of its files.
  const descriptors = { format: 'descriptors', type: {}, fileDescriptorProtos: [...files.values()] }
  new ReflectionService({ descriptors } as never, { services: names }).addToServer(server)
  const healthNames = ['', ...names]
  const health = new HealthImplementation(Object.fromEntries(healthNames.map((name) => [name, 'SERVING'])))
  health.addToServer(server)
  return (isServing) => {
    for (const name of healthNames) health.setStatus(name, isServing ? 'SERVING' : 'NOT_SERVING')
  }
}

/** The descriptors of a file and of all that it imports, each once. */
function collectFiles(file: DescFile, files: Map<string, Buffer>): void {
  if (files.has(file.proto.name)) return
  files.set(file.proto.name, asBuffer(toBinary(FileDescriptorProtoSchema, file.proto)))
  for (const dependency of file.dependencies) collectFiles(dependency, files)
}
