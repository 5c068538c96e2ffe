import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkDatums } from '../../../src-main/engine/command/check-datums'
import { decodeCommand } from '../../../src-main/engine/command/decode-command'
import { encodeCommand } from '../../../src-main/engine/command/encode-command'
import { encodeKey, encodeVersionKey, MAX_PLAIN_KEY_BYTES } from '../../../src-main/engine/mvcc/key-codec'
import { encodeValue } from '../../../src-main/engine/mvcc/value-codec'
import type { KeyValue, WriteDatum } from '../../../src-main/engine/write-data'
import { errnoOf } from '../../../src-main/rpc/dingo-error'
import { Errno } from '../../../src-main/rpc/generated/dingodb/error_pb'
import { CmdType, RaftCmdRequestSchema } from '../../../src-main/rpc/generated/dingodb/raft_pb'

const bytes = fc.uint8Array({ maxLength: 200 })
const entries = fc.array(fc.record({ key: bytes, value: bytes }), { maxLength: 4 })
const expiresAtMs = fc.option(fc.integer({ min: 1, max: 2 ** 50 }), { nil: undefined })
const datum: fc.Arbitrary<WriteDatum> = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), entries, expiresAtMs }),
  fc.record({ kind: fc.constant('put-if-absent' as const), entries, isAtomic: fc.boolean(), expiresAtMs }),
  fc
    .record({ entries: fc.array(fc.tuple(bytes, bytes, bytes), { maxLength: 4 }), isAtomic: fc.boolean(), expiresAtMs })
    .map(({ entries: triples, ...rest }) => ({
      kind: 'compare-and-set' as const,
      entries: triples.map(([key, value]) => ({ key, value })),
      expectedValues: triples.map(([, , expected]) => expected),
      ...rest,
    })),
  fc.record({ kind: fc.constant('delete-batch' as const), keys: fc.array(bytes, { maxLength: 4 }) }),
  fc.record({
    kind: fc.constant('delete-range' as const),
    ranges: fc.array(fc.record({ startKey: bytes, endKey: bytes }), { maxLength: 3 }),
  }),
)
const source = fc.record({
  regionId: fc.integer({ min: 0, max: 2 ** 53 - 1 }),
  epoch: fc.record({ confVersion: fc.nat(), version: fc.nat() }),
  ts: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
  datums: fc.array(datum, { maxLength: 3 }),
})

const toMessage = (datums: readonly WriteDatum[], ts: bigint) =>
  datums.map((one) => {
    const cfName = 'default'
    const ttl = BigInt('expiresAtMs' in one ? (one.expiresAtMs ?? 0) : 0)
    const plain = (pairs: readonly KeyValue[]) => pairs.map(({ key, value }) => ({ key, value }))
    switch (one.kind) {
      case 'put': {
        const kvs = one.entries.map(({ key, value }) => ({
          key: encodeVersionKey(key, ts),
          value: encodeValue(value, one.expiresAtMs),
        }))
        return { cmdType: CmdType.PUT, ts, ttl, cmdBody: { case: 'put' as const, value: { cfName, kvs } } }
      }
      case 'put-if-absent': {
        const value = { cfName, kvs: plain(one.entries), isAtomic: one.isAtomic }
        return { cmdType: CmdType.PUTIFABSENT, ts, ttl, cmdBody: { case: 'putIfAbsent' as const, value } }
      }
      case 'compare-and-set': {
        const expectValues = [...one.expectedValues]
        const value = { cfName, kvs: plain(one.entries), expectValues, isAtomic: one.isAtomic }
        return { cmdType: CmdType.COMPAREANDSET, ts, ttl, cmdBody: { case: 'compareAndSet' as const, value } }
      }
      case 'delete-batch': {
        const value = { cfName, keys: [...one.keys] }
        return { cmdType: CmdType.DELETEBATCH, ts, ttl, cmdBody: { case: 'deleteBatch' as const, value } }
      }
      case 'delete-range': {
        const ranges = one.ranges.map((range) => ({
          startKey: encodeKey(range.startKey),
          endKey: encodeKey(range.endKey),
        }))
        return {
          cmdType: CmdType.DELETERANGE,
          ts,
          ttl,
          cmdBody: { case: 'deleteRange' as const, value: { cfName, ranges } },
        }
      }
    }
  })

describe('commands', () => {
  it('are the RaftCmdRequest of raft.proto, read and written', () => {
    fc.assert(
      fc.property(source, ({ regionId, epoch, ts, datums }) => {
        const { confVersion, version } = epoch
        const message = create(RaftCmdRequestSchema, {
          header: {
            regionId: BigInt(regionId),
            epoch: { confVersion: BigInt(confVersion), version: BigInt(version) },
          },
          requests: toMessage(datums, ts),
        })
        const encoded = encodeCommand({ regionId, epoch, ts, datums })
        expect(fromBinary(RaftCmdRequestSchema, encoded)).toEqual(message)
        const decoded = decodeCommand(encoded)
        expect(decoded).toEqual(decodeCommand(toBinary(RaftCmdRequestSchema, message)))
        expect(decoded).toMatchObject({ regionId, epoch })
        expect(decoded.requests.map(({ kind }) => kind)).toEqual(datums.map(({ kind }) => kind))
        for (const [position, request] of decoded.requests.entries()) {
          expect(request.ts).toBe(ts)
          const given = datums[position]
          if (given?.kind === 'compare-and-set' || given?.kind === 'put-if-absent') expect(request).toMatchObject(given)
          if (given?.kind === 'delete-batch') expect(request).toMatchObject({ keys: given.keys })
        }
      }),
      { numRuns: 500 },
    )
  })

  it('that are unknown are named', () => {
    const message = create(RaftCmdRequestSchema, {
      requests: [{ cmdType: CmdType.SPLIT, cmdBody: { case: 'split', value: { jobId: 1n } } }],
    })
    const decode = () => decodeCommand(toBinary(RaftCmdRequestSchema, message))
    expect(decode).toThrow(expect.objectContaining({ code: 'RAFT_STATE_MACHINE_FAILED' }))
    expect(decode).toThrow('SPLIT')
  })

  it('that are damaged are refused', () => {
    const encoded = encodeCommand({
      regionId: 1,
      epoch: { confVersion: 1, version: 1 },
      ts: 1n,
      datums: [{ kind: 'delete-batch', keys: [Uint8Array.of(1)] }],
    })
    expect(() => decodeCommand(encoded.subarray(0, encoded.length - 1))).toThrow(
      expect.objectContaining({ code: 'RAFT_STATE_MACHINE_FAILED' }),
    )
  })
})

describe('what no replica could apply', () => {
  const errnoFor = (one: WriteDatum) => {
    try {
      checkDatums([one])
    } catch (error) {
      return errnoOf(error)
    }
    return undefined
  }
  const value = new Uint8Array(0)

  it('is refused before it is proposed', () => {
    const longest = new Uint8Array(MAX_PLAIN_KEY_BYTES)
    const tooLong = new Uint8Array(MAX_PLAIN_KEY_BYTES + 1)
    expect(errnoFor({ kind: 'put', entries: [{ key: longest, value }] })).toBeUndefined()
    expect(errnoFor({ kind: 'put', entries: [{ key: tooLong, value }] })).toBe(Errno.EILLEGAL_PARAMTETERS)
    expect(errnoFor({ kind: 'delete-batch', keys: [value] })).toBe(Errno.EKEY_EMPTY)
    const inverted = { startKey: Uint8Array.of(2), endKey: Uint8Array.of(1) }
    expect(errnoFor({ kind: 'delete-range', ranges: [inverted] })).toBe(Errno.ERANGE_INVALID)
    const entriesOfOne = [{ key: longest, value }]
    expect(errnoFor({ kind: 'compare-and-set', entries: entriesOfOne, expectedValues: [], isAtomic: false })).toBe(
      Errno.EILLEGAL_PARAMTETERS,
    )
  })
})
