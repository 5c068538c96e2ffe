/**
 * MurmurHash3, the 32-bit variant for x86 (Austin Appleby, public domain): spreads every bit of the input over the whole
 * result. Not for secrets.
 *
 * @param bytes any number of bytes
 * @param seed 32 bits; different seeds give unrelated hashes of the same bytes
 * @returns a whole number from 0 to 2^32 - 1
 */
export function murmurHash(bytes: Uint8Array, seed: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const tailStart = bytes.length & ~3
  let hash = seed | 0
  for (let position = 0; position < tailStart; position += 4) {
    hash ^= scramble(view.getUint32(position, true))
    hash = (Math.imul(rotateLeft(hash, 13), 5) + 0xe6546b64) | 0
  }
  let tail = 0
  for (let position = bytes.length - 1; position >= tailStart; position--) tail = (tail << 8) | view.getUint8(position)
  hash ^= scramble(tail)
  return avalanche(hash ^ bytes.length)
}

function scramble(word: number): number {
  return Math.imul(rotateLeft(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593)
}

function avalanche(hash: number): number {
  let mixed = hash
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}
