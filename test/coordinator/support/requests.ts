/** The key of a partition: the namespace, then the id as 8 bytes, big-endian. */
export function partitionKey(id: number, namespace = 't'): Uint8Array {
  const key = new Uint8Array(9)
  key[0] = namespace.charCodeAt(0)
  new DataView(key.buffer).setBigUint64(1, BigInt(id))
  return key
}

/** All keys of a partition. */
export function partitionRange(id: number) {
  return { startKey: partitionKey(id), endKey: partitionKey(id + 1) }
}

/** A table definition with one partition for each id. */
export function tableDefinition(name: string, partIds: readonly number[]) {
  return {
    name,
    columns: [{ name: 'id' }, { name: 'value' }],
    tablePartition: { partitions: partIds.map((id) => ({ id: { entityId: BigInt(id) }, range: partitionRange(id) })) },
  }
}
