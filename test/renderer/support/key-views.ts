import type { KeyView } from '../../../src-main/client/views/key-view'
import type { KeySegment, PairView } from '../../../src-main/client/views/keyspace'

const PREFIX_LENGTH = 9

/** A key of a table's partition: namespace byte, partition id, user key. */
export function keyBytes(partitionId: number, userKey: string): Uint8Array {
  const user = new TextEncoder().encode(userKey)
  const bytes = new Uint8Array(PREFIX_LENGTH + user.length)
  bytes[0] = 0x72
  new DataView(bytes.buffer).setBigUint64(1, BigInt(partitionId))
  bytes.set(user, PREFIX_LENGTH)
  return bytes
}

/** The key as the host would show it. Partitions of table t are t * 100 and what follows. */
export function keyView(bytes: Uint8Array): KeyView {
  if (bytes.length < PREFIX_LENGTH) {
    return { bytes, text: '', parts: [], tableId: undefined, tableName: undefined }
  }
  const partition = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(1))
  const tableId = Math.floor(partition / 100)
  const user = new TextDecoder().decode(bytes.subarray(PREFIX_LENGTH))
  return {
    bytes,
    text: `t${tableId}/${user}`,
    parts: [
      { kind: 'namespace', start: 0, end: 1, text: 'r' },
      { kind: 'partition', start: 1, end: PREFIX_LENGTH, text: String(partition) },
      { kind: 'user', start: PREFIX_LENGTH, end: bytes.length, text: user },
    ],
    tableId,
    tableName: `t${tableId}`,
  }
}

/** The region of a partition, its id that of the partition. */
export function segment(partitionId: number, from = '', to: string | undefined = undefined): KeySegment {
  const tableId = Math.floor(partitionId / 100)
  return {
    regionId: partitionId,
    name: `r${partitionId}`,
    startKey: keyView(keyBytes(partitionId, from)),
    endKey: keyView(to === undefined ? keyBytes(partitionId + 1, '') : keyBytes(partitionId, to)),
    tableId,
    tableName: `t${tableId}`,
    leaderStoreId: 20001,
    storeIds: [20001, 20002],
    sizeBytes: 100,
    keyCount: 1,
    state: 'REGION_NORMAL',
  }
}

/** A pair whose value is a text, or the beginning of a longer one. */
export function pair(partitionId: number, userKey: string, value: string, valueBytes?: number): PairView {
  const bytes = new TextEncoder().encode(value)
  return { key: keyView(keyBytes(partitionId, userKey)), value: bytes, valueBytes: valueBytes ?? bytes.length }
}
