/**
 * CRC-32C (Castagnoli polynomial, reflected: 0x82f63b78), eight bytes a step. The checksum of what nodes keep and send: it finds every
 * burst of damage up to 32 bits and is what other write-ahead logs use.
 */

const POLYNOMIAL = 0x82f63b78

/**
 * The checksum of `bytes[start..end)` behind data whose checksum is `previous` (0 for none): the checksum of a
 * concatenation is that of its second part continued from that of its first, which is what chains the records of a log.
 * Returns an unsigned 32-bit number. Fastest where `start` lies on a multiple of 4 bytes of the underlying buffer.
 */
export const crc32c = makeCrc32c()

/**
 * The checksum of a concatenation from those of its parts: `first` is that of all that stands before the last `bytes` bytes,
 * and the second argument of the function that is returned is that of these bytes alone. Making the function costs far more
 * than calling it.
 */
export function crc32cJoiner(bytes: number): (first: number, last: number) => number {
  const table = makeShiftTable(bytes)
  return (first, last) => (shift(table, first) ^ last) >>> 0
}

/** The effect of each byte of a checksum after `bytes` zero bytes: that of byte `b` at place `p` at [p * 256 + b]. */
function makeShiftTable(bytes: number): Int32Array {
  const table = new Int32Array(4 * 256)
  // Half of the way twice, and a byte more if their number is odd: every thread makes these tables when it starts.
  const half = bytes > 1 ? makeShiftTable(bytes >>> 1) : undefined
  const stepsBeside = (bytes & 1) * 8
  for (let bit = 0; bit < 32; bit += 1) {
    const start = (bit >>> 3) * 256
    const value = 1 << (bit & 7)
    let crc = half === undefined ? 1 << bit : shift(half, shift(half, 1 << bit))
    for (let step = 0; step < stepsBeside; step += 1) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1
    // The effects of bits add up.
    for (let below = 0; below < value; below += 1) table[start + value + below] = crc ^ (table[start + below] as number)
  }
  return table
}

function shift(table: Int32Array, crc: number): number {
  return (
    (table[crc & 0xff] as number) ^
    (table[256 + ((crc >>> 8) & 0xff)] as number) ^
    (table[512 + ((crc >>> 16) & 0xff)] as number) ^
    (table[768 + (crc >>> 24)] as number)
  )
}

/**
 * Everything that the loops look up is constant inside of this function: a bundler turns constants of a module into
 * variables, and the compiler then loads table and length again for each byte, which takes half as long again.
 */
function makeCrc32c() {
  const SLICES = 8
  /** A block is checked as two halves side by side, because the steps of one half wait for each other and those of two do not. */
  const HALF_BLOCK_WORDS = 128
  const BLOCK_BYTES = 2 * 4 * HALF_BLOCK_WORDS
  /** Carries the first half of a block over the length of the second. */
  const halfBlockShift = makeShiftTable(BLOCK_BYTES / 2)
  /** Words are read as the machine stores them, and the checksum is defined on little-endian ones. */
  const isLittleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1

  /** Slice `s` at [s * 256 + b]: the effect of byte `b` standing `s` bytes before the end of a step. */
  const table = new Int32Array(SLICES * 256)
  for (let slice = 0; slice < SLICES; slice += 1) table.set(makeShiftTable(slice + 1).subarray(0, 256), slice * 256)

  // In the loops typed arrays yield numbers inside their bounds, which the conditions keep; the casts say so to the compiler.

  const crcOfTwoWords = (one: number, two: number): number =>
    (table[1792 + (one & 0xff)] as number) ^
    (table[1536 + ((one >>> 8) & 0xff)] as number) ^
    (table[1280 + ((one >>> 16) & 0xff)] as number) ^
    (table[1024 + (one >>> 24)] as number) ^
    (table[768 + (two & 0xff)] as number) ^
    (table[512 + ((two >>> 8) & 0xff)] as number) ^
    (table[256 + ((two >>> 16) & 0xff)] as number) ^
    (table[two >>> 24] as number)

  const crcOfBlock = (words: Int32Array, from: number, initial: number): number => {
    let crc = initial
    let secondCrc = 0
    let second = from + HALF_BLOCK_WORDS
    for (let first = from, end = second; first < end; first += 2, second += 2) {
      crc = crcOfTwoWords((words[first] as number) ^ crc, words[first + 1] as number)
      secondCrc = crcOfTwoWords((words[second] as number) ^ secondCrc, words[second + 1] as number)
    }
    return shift(halfBlockShift, crc) ^ secondCrc
  }

  const wordAt = (bytes: Uint8Array, at: number): number =>
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)

  const crcOfBytes = (bytes: Uint8Array, initial: number, start: number, end: number): number => {
    let crc = initial
    let at = start
    for (const lastStep = end - 8; at <= lastStep; at += 8) {
      crc = crcOfTwoWords(crc ^ wordAt(bytes, at), wordAt(bytes, at + 4))
    }
    for (; at < end; at += 1) crc = (crc >>> 8) ^ (table[(crc ^ (bytes[at] as number)) & 0xff] as number)
    return crc
  }

  return (bytes: Uint8Array, previous = 0, start = 0, end = bytes.length): number => {
    let crc = ~previous
    let at = start
    const firstByte = bytes.byteOffset + start
    if (end - start >= BLOCK_BYTES && (firstByte & 3) === 0 && isLittleEndian) {
      const blocks = Math.floor((end - start) / BLOCK_BYTES)
      const words = new Int32Array(bytes.buffer, firstByte, blocks * 2 * HALF_BLOCK_WORDS)
      for (let word = 0; word < words.length; word += 2 * HALF_BLOCK_WORDS) crc = crcOfBlock(words, word, crc)
      at += blocks * BLOCK_BYTES
    }
    return ~crcOfBytes(bytes, crc, at, end) >>> 0
  }
}
