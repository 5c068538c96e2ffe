import { create } from '@bufbuild/protobuf'
import type { ServiceHandlers } from '../../../src-main/rpc/call'
import { StoreService } from '../../../src-main/rpc/generated/dingodb/store_pb'
import { ServiceRegistry } from '../../../src-main/rpc/service-registry'
import { KvGetRequestSchema } from '../../../src-main/rpc/generated/dingodb/store_pb'

/** A registry whose StoreService has these handlers only. */
export function storeRegistry(handlers: ServiceHandlers<typeof StoreService>): ServiceRegistry {
  return new ServiceRegistry().add(StoreService, handlers)
}

/** Answers KvGet with the key as value. */
export function echoRegistry(): ServiceRegistry {
  return storeRegistry({ kvGet: (request) => ({ value: request.key }) })
}

export const getRequest = (key: Uint8Array | string) =>
  create(KvGetRequestSchema, { key: typeof key === 'string' ? new TextEncoder().encode(key) : key })

export const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
