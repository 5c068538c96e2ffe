import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { randomBytes } from 'node:crypto'
import {
  ContextSchema,
  KvGetRequestSchema,
  KvGetResponseSchema,
  KvPutRequestSchema,
  KvPutResponseSchema,
} from '../../../src-main/rpc/generated/dingodb/store_pb'
import type { Dialect } from './dialect'
import { keyOf } from './dialect'

/**
 * DingoDB's StoreService. The target names `regionId`, `confVersion`, `version` and `prefix` (hex); `anyValue` for a server
 * that stores nothing.
 */
export const dingoDialect: Dialect = {
  method({ operation, target, valueBytes }) {
    const { regionId = '0', confVersion = '1', version = '1', prefix = '', anyValue } = target
    const start = Buffer.from(prefix, 'hex')
    const value = randomBytes(valueBytes)
    const context = create(ContextSchema, {
      regionId: BigInt(regionId),
      regionEpoch: { confVersion: BigInt(confVersion), version: BigInt(version) },
    })
    const problemOf = (error: { errcode: number; errmsg: string } | undefined) =>
      error === undefined || error.errcode === 0 ? undefined : `${String(error.errcode)} ${error.errmsg}`
    if (operation === 'put') {
      return {
        path: '/dingodb.pb.store.StoreService/KvPut',
        encode: (keyNumber) => {
          const kv = { key: keyOf(start, keyNumber), value }
          return Buffer.from(toBinary(KvPutRequestSchema, create(KvPutRequestSchema, { context, kv })))
        },
        decode: (response) => problemOf(fromBinary(KvPutResponseSchema, response).error),
      }
    }
    return {
      path: '/dingodb.pb.store.StoreService/KvGet',
      encode: (keyNumber) => {
        const key = keyOf(start, keyNumber)
        return Buffer.from(toBinary(KvGetRequestSchema, create(KvGetRequestSchema, { context, key })))
      },
      decode: (response) => {
        const { error, value: found } = fromBinary(KvGetResponseSchema, response)
        return (
          problemOf(error) ??
          (anyValue !== undefined || found.length === valueBytes ? undefined : 'the key has no value')
        )
      },
    }
  },
}
