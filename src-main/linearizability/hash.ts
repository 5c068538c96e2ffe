/** Spreads a 32-bit integer over all 32 bits, one to one. Source: the finalizer of MurmurHash3 (Austin Appleby, public domain). */
export function mixBits(integer: number): number {
  let bits = integer | 0
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return bits ^ (bits >>> 16)
}

/** A 32-bit hash of a string's code units. Source: FNV-1a (Fowler, Noll, Vo), taken over 16-bit units. */
export function hashString(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash | 0
}
