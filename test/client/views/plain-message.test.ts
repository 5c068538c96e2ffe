import { create, toBinary } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import { plainMessage } from '../../../src-main/client/views/plain-message'
import { RegionSchema, RegionState } from '../../../src-main/rpc/generated/dingodb/common_pb'
import { KvBatchPutRequestSchema, KvPutRequestSchema } from '../../../src-main/rpc/generated/dingodb/store_pb'
import { RaftCmdRequestSchema, CmdType } from '../../../src-main/rpc/generated/dingodb/raft_pb'

const bytes = (text: string) => new TextEncoder().encode(text)

describe('a message as people read it', () => {
  it('has the names of the protocol, and text where bytes are some', () => {
    const kv = { key: bytes('user-42'), value: Uint8Array.of(0, 255) }
    const message = create(KvPutRequestSchema, { context: { regionId: 80001n }, kv })
    expect(plainMessage('dingodb.pb.store.KvPutRequest', toBinary(KvPutRequestSchema, message))).toEqual({
      context: { region_id: '80001' },
      kv: { key: 'user-42', value: '0x00ff' },
    })
  })

  it('has enums by their names, what lies deeper, and the beginning of long lists', () => {
    const region = create(RegionSchema, { state: RegionState.REGION_NORMAL })
    expect(plainMessage('dingodb.pb.common.Region', toBinary(RegionSchema, region))).toEqual({ state: 'REGION_NORMAL' })
    const command = create(RaftCmdRequestSchema, {
      requests: [{ cmdType: CmdType.PUT, cmdBody: { case: 'put', value: { cfName: 'default' } } }],
    })
    expect(plainMessage('dingodb.pb.raft.RaftCmdRequest', toBinary(RaftCmdRequestSchema, command))).toEqual({
      requests: [{ cmd_type: 'PUT', put: { cf_name: 'default' } }],
    })
    const kvs = Array.from({ length: 70 }, () => ({ key: bytes('k') }))
    const many = toBinary(KvBatchPutRequestSchema, create(KvBatchPutRequestSchema, { kvs }))
    expect(plainMessage('dingodb.pb.store.KvBatchPutRequest', many)).toMatchObject({
      kvs: Array.from({ length: 65 }, (_, at) => (at < 64 ? { key: 'k' } : 'and 6 more')),
    })
  })

  it('is none for bytes that were cut, and for what is no message of the protocol', () => {
    const whole = toBinary(KvPutRequestSchema, create(KvPutRequestSchema, { kv: { key: bytes('user-42') } }))
    expect(plainMessage('dingodb.pb.store.KvPutRequest', whole.subarray(0, 5))).toBeUndefined()
    expect(plainMessage('write-batch', whole)).toBeUndefined()
  })
})
