/**
 * CRC-32C (Castagnoli polynomial, reflected: 0x82f63b78), eight bytes a step. The checksum of what nodes keep and send: it finds every
 * burst of damage up to 32 bits and is what other write-ahead logs use.
 */

const POLYNOMIAL = 0x82f63b78
const SLICES = 8

/** Table `s` at [s * 256 + b]: the effect of byte `b` standing `s` bytes before the end of a step. */
const tables = buildTables()

function buildTables(): Uint32Array {
  const built = new Uint32Array(SLICES * 256)
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = byte
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1
    built[byte] = crc
  }
  for (let slice = 1; slice < SLICES; slice += 1) {
    for (let byte = 0; byte < 256; byte += 1) {
      const shorter = built[(slice - 1) * 256 + byte] as number
      built[slice * 256 + byte] = (shorter >>> 8) ^ (built[shorter & 0xff] as number)
    }
  }
  return built
}

/**
 * A block is checked as two halves side by side, because the steps of one half wait for each other and those of two do not;
 * then the first half is carried over the length of the second.
 */
const HALF_BLOCK_BYTES = 512
const BLOCK_BYTES = 2 * HALF_BLOCK_BYTES
const HALF_BLOCK_WORDS = HALF_BLOCK_BYTES / 4
/** The effect of each byte of a checksum after as many zero bytes as a half block has. */
const carryTables = buildCarryTables()

function buildCarryTables(): Uint32Array {
  const built = new Uint32Array(4 * 256)
  for (let position = 0; position < 4; position += 1) {
    for (let byte = 0; byte < 256; byte += 1) {
      let crc = (byte << (8 * position)) >>> 0
      for (let zero = 0; zero < HALF_BLOCK_BYTES; zero += 1) crc = (crc >>> 8) ^ (tables[crc & 0xff] as number)
      built[position * 256 + byte] = crc
    }
  }
  return built
}

/** Words are read as the machine stores them, and the checksum is defined on little-endian ones. */
const isLittleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1

/**
 * The checksum of `bytes[start..end)` behind data whose checksum is `previous` (0 for none): the checksum of a
 * concatenation is that of its second part continued from that of its first, which is what chains the records of a log.
 * Returns an unsigned 32-bit number. Fastest where `start` lies on a multiple of 4 bytes of the underlying buffer.
 */
export function crc32c(bytes: Uint8Array, previous = 0, start = 0, end = bytes.length): number {
  const blocks = (bytes.byteOffset + start) % 4 === 0 && isLittleEndian ? Math.floor((end - start) / BLOCK_BYTES) : 0
  const blocksEnd = start + blocks * BLOCK_BYTES
  const afterBlocks = blocks > 0 ? crcOfBlocks(bytes, ~previous, start, blocks) : ~previous
  return ~crcOfBytes(bytes, afterBlocks, blocksEnd, end) >>> 0
}

// In both loops typed arrays yield numbers inside their bounds, which the conditions keep; the casts say so to the compiler.

function crcOfBlocks(bytes: Uint8Array, initial: number, start: number, blocks: number): number {
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + start, (blocks * BLOCK_BYTES) / 4)
  let crc = initial
  for (let block = 0; block < blocks; block += 1) {
    let first = block * 2 * HALF_BLOCK_WORDS
    let second = first + HALF_BLOCK_WORDS
    let secondCrc = 0
    for (const firstEnd = second; first < firstEnd; first += 2, second += 2) {
      crc = crcOfTwoWords((words[first] as number) ^ crc, words[first + 1] as number)
      secondCrc = crcOfTwoWords((words[second] as number) ^ secondCrc, words[second + 1] as number)
    }
    crc =
      (carryTables[crc & 0xff] as number) ^
      (carryTables[256 + ((crc >>> 8) & 0xff)] as number) ^
      (carryTables[512 + ((crc >>> 16) & 0xff)] as number) ^
      (carryTables[768 + (crc >>> 24)] as number) ^
      secondCrc
  }
  return crc
}

function crcOfTwoWords(one: number, two: number): number {
  return (
    (tables[1792 + (one & 0xff)] as number) ^
    (tables[1536 + ((one >>> 8) & 0xff)] as number) ^
    (tables[1280 + ((one >>> 16) & 0xff)] as number) ^
    (tables[1024 + (one >>> 24)] as number) ^
    (tables[768 + (two & 0xff)] as number) ^
    (tables[512 + ((two >>> 8) & 0xff)] as number) ^
    (tables[256 + ((two >>> 16) & 0xff)] as number) ^
    (tables[two >>> 24] as number)
  )
}

function crcOfBytes(bytes: Uint8Array, initial: number, start: number, end: number): number {
  let crc = initial
  let position = start
  for (const lastStep = end - 8; position <= lastStep; position += 8) {
    crc ^= wordAt(bytes, position)
    crc = crcOfTwoWords(crc, wordAt(bytes, position + 4))
  }
  for (; position < end; position += 1) {
    crc = (crc >>> 8) ^ (tables[(crc ^ (bytes[position] as number)) & 0xff] as number)
  }
  return crc
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  )
}
