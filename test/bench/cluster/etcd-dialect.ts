import { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire'
import { randomBytes } from 'node:crypto'
import type { Dialect } from './dialect'
import { keyOf } from './dialect'

/** Field numbers of etcd's KV service (etcdserverpb): PutRequest and RangeRequest begin with the key. */
const KEY = 1
const VALUE = 2
/** Of RangeResponse. */
const COUNT = 4

/** etcd's KV service: puts, and gets that are linearizable, which is its default. */
export const etcdDialect: Dialect = {
  method({ operation, valueBytes }) {
    const prefix = Buffer.from('k')
    const value = randomBytes(valueBytes)
    const request = (keyNumber: number) => new BinaryWriter().tag(KEY, 2).bytes(keyOf(prefix, keyNumber))
    if (operation === 'put') {
      return {
        path: '/etcdserverpb.KV/Put',
        encode: (keyNumber) => Buffer.from(request(keyNumber).tag(VALUE, 2).bytes(value).finish()),
        decode: () => undefined,
      }
    }
    return {
      path: '/etcdserverpb.KV/Range',
      encode: (keyNumber) => Buffer.from(request(keyNumber).finish()),
      decode: (response) => (countOf(response) === 1 ? undefined : 'the key has no value'),
    }
  },
}

function countOf(response: Uint8Array): number {
  const reader = new BinaryReader(response)
  let count = 0
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag()
    if (field === COUNT) count = Number(reader.int64())
    else reader.skip(wireType)
  }
  return count
}
