import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import type { AppliedState } from '../../raft/node/state-machine'
import { RaftMetaSchema } from '../../rpc/generated/sandbox/storage_pb'
import type { RawReader } from '../raw/raw-engine'

/** The family of what a store keeps about its regions. */
export const META_FAMILY = 'meta'

/** The families in which the data of regions lies. An engine may have only some of them. */
export const DATA_FAMILIES: readonly string[] = ['default', 'data', 'lock', 'write']

/** How far a region is applied here, kept beside its data and changed with it. */
export interface RegionRecord {
  readonly applied: AppliedState
  /** The greatest timestamp of an applied write; 0 if there was none. */
  readonly maxAppliedTs: bigint
  /** The conf_version behind the applied entry; 0 as long as it is that with which the region was added. */
  readonly confVersion: number
}

/** A region of which nothing is applied. */
export const EMPTY_RECORD: RegionRecord = {
  applied: {
    last: { index: 0, term: 0 },
    confState: { voters: [], votersOutgoing: [], learners: [], learnersNext: [], autoLeave: false },
  },
  maxAppliedTs: 0n,
  confVersion: 0,
}

/** Where the record of a region lies: META_RAFT_<id>. */
export function recordKey(regionId: number): Uint8Array {
  return new TextEncoder().encode(`META_RAFT_${String(regionId)}`)
}

/** The record of a region; the empty one if there is none. */
export async function readRecord(reader: RawReader, regionId: number): Promise<RegionRecord> {
  const bytes = await reader.get(recordKey(regionId), { columnFamily: META_FAMILY })
  return bytes === undefined ? EMPTY_RECORD : decodeRecord(bytes)
}

/** The record as RaftMeta of proto/sandbox/storage.proto. */
export function encodeRecord(regionId: number, { applied, maxAppliedTs, confVersion }: RegionRecord): Uint8Array {
  const { last, confState } = applied
  const { voters, votersOutgoing, learners, learnersNext, autoLeave } = confState
  return toBinary(
    RaftMetaSchema,
    create(RaftMetaSchema, {
      regionId: BigInt(regionId),
      term: BigInt(last.term),
      appliedIndex: BigInt(last.index),
      membership: {
        voters: voters.map(BigInt),
        votersOutgoing: votersOutgoing.map(BigInt),
        learners: learners.map(BigInt),
        learnersNext: learnersNext.map(BigInt),
        autoLeave,
      },
      maxAppliedTs,
      confVersion: BigInt(confVersion),
    }),
  )
}

function decodeRecord(bytes: Uint8Array): RegionRecord {
  const { term, appliedIndex, membership, maxAppliedTs, confVersion } = fromBinary(RaftMetaSchema, bytes)
  const last = { index: Number(appliedIndex), term: Number(term) }
  const confState = {
    voters: (membership?.voters ?? []).map(Number),
    votersOutgoing: (membership?.votersOutgoing ?? []).map(Number),
    learners: (membership?.learners ?? []).map(Number),
    learnersNext: (membership?.learnersNext ?? []).map(Number),
    autoLeave: membership?.autoLeave ?? false,
  }
  return { applied: { last, confState }, maxAppliedTs, confVersion: Number(confVersion) }
}
