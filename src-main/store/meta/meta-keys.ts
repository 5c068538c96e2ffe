import type { KeyRange } from '../../engine/raw'
import { prefixRange } from '../../engine/raw'

/** The column family that holds what a store keeps about itself. */
export const metaColumnFamily = 'meta'

/** What the records of the `meta` family begin with; the ids follow in decimal, each after an underscore (DingoDB's meta/transform_kv_able.h). */
export const metaPrefixes = {
  /** One store_internal.Region a region. */
  region: 'META_REGION_',
  /** One store_internal.RaftMeta a region, written by the engine. */
  raft: 'META_RAFT_',
  /** One store_internal.RegionChangeRecord a region and job. */
  change: 'META_CHANGE_',
  /** One store_internal.Region a deleted region: its last record. DingoDB keeps none. */
  deleted: 'META_DELETED_',
  /** One coordinator.RegionCmd a command. */
  command: 'CONTROL_CMD_',
} as const

const encoder = new TextEncoder()
const decoder = new TextDecoder()

const metaKey = (prefix: string, ...ids: readonly number[]): Uint8Array => encoder.encode(prefix + ids.join('_'))

export const regionKey = (regionId: number): Uint8Array => metaKey(metaPrefixes.region, regionId)
export const raftKey = (regionId: number): Uint8Array => metaKey(metaPrefixes.raft, regionId)
export const deletedKey = (regionId: number): Uint8Array => metaKey(metaPrefixes.deleted, regionId)
export const commandKey = (commandId: number): Uint8Array => metaKey(metaPrefixes.command, commandId)
export const changeKey = (regionId: number, jobId: number): Uint8Array => metaKey(metaPrefixes.change, regionId, jobId)

/** All keys that begin with a prefix. */
export const metaRange = (prefix: string): KeyRange => prefixRange(encoder.encode(prefix))

/** A key as people read it. */
export const metaKeyText = (key: Uint8Array): string => decoder.decode(key)

/** The ids behind a key's prefix, `count` of them; undefined for a key of another form. */
export function idsOf(key: Uint8Array, prefix: string, count: number): readonly number[] | undefined {
  const text = metaKeyText(key)
  if (!text.startsWith(prefix)) return undefined
  const parts = text.slice(prefix.length).split('_')
  if (parts.length !== count || !parts.every((part) => /^\d{1,16}$/.test(part))) return undefined
  const ids = parts.map(Number)
  return ids.every(Number.isSafeInteger) ? ids : undefined
}
