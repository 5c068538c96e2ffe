import type { ReadMode } from '../../engine/engine-context'
import { rawEngineLimits } from '../../engine/raw/limits'

/** What a running store's services are told by configuration. Changes take effect with the next request. */
export interface StoreServiceSettings {
  /** How reads prove that they may answer; ControlConfig changes it as `read_mode`. Default undefined: as the engine is set. */
  readMode: ReadMode | undefined
  /** Requests of one kind, reads or writes, that one region has under way before more are refused. Default 1,024. */
  maxPendingRequests: number
  /** Bytes of keys and values in one write. Default 64 MiB, as much as a gRPC message carries. */
  maxWriteBytes: number
}

export const defaultStoreServiceSettings: Readonly<StoreServiceSettings> = {
  readMode: undefined,
  maxPendingRequests: 1024,
  maxWriteBytes: 64 * 1024 * 1024,
}

/** Bytes that MVCC puts behind an encoded key: the timestamp (dingodb.md 3.6). */
const TIMESTAMP_BYTES = 8
/** Room for what MVCC puts behind a value: the time of expiry and the flag. */
const VALUE_SUFFIX_BYTES = 16
/** A key is stored in groups of so many bytes, each followed by a marker; the last group is never full. */
const KEY_GROUP_BYTES = 8

/** The longest key in bytes whose stored form the raw engines take. */
export const MAX_KEY_BYTES =
  Math.floor((rawEngineLimits.maxKeyBytes - TIMESTAMP_BYTES) / (KEY_GROUP_BYTES + 1)) * KEY_GROUP_BYTES - 1

/** The longest value in bytes whose stored form the raw engines take. */
export const MAX_VALUE_BYTES = rawEngineLimits.maxValueBytes - VALUE_SUFFIX_BYTES
