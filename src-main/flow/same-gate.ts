import type { Gate, KeyScope } from './gate'

/** Whether two gates match the same stages, so that what was counted for one counts for the other. */
export function matchesTheSame(one: Gate, other: Gate): boolean {
  return (
    one.stage === other.stage &&
    one.nodeId === other.nodeId &&
    one.regionId === other.regionId &&
    one.operation === other.operation &&
    one.messageType === other.messageType &&
    one.condition === other.condition &&
    areSameKeys(one.keys, other.keys)
  )
}

function areSameKeys(one: KeyScope | undefined, other: KeyScope | undefined): boolean {
  if (one === undefined || other === undefined) return one === other
  return (
    one.prefixes.length === other.prefixes.length &&
    one.prefixes.every((prefix, position) => areSameBytes(prefix, other.prefixes[position]))
  )
}

function areSameBytes(one: Uint8Array, other: Uint8Array | undefined): boolean {
  return one.length === other?.length && one.every((byte, position) => other[position] === byte)
}
