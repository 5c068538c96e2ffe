/**
 * CRC-32C (Castagnoli polynomial, reflected: 0x82f63b78), eight bytes a step. The checksum of log records: it finds every
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
 * The checksum of `bytes[start..end)` behind data whose checksum is `previous` (0 for none): the checksum of a
 * concatenation is that of its second part continued from that of its first, which is what chains the records of a log.
 * Returns an unsigned 32-bit number.
 */
export function crc32c(bytes: Uint8Array, previous = 0, start = 0, end = bytes.length): number {
  let crc = ~previous
  let position = start
  // Typed arrays yield numbers inside their bounds, which the loop conditions keep; the casts say so to the compiler.
  for (const lastStep = end - 8; position <= lastStep; position += 8) {
    crc ^=
      (bytes[position] as number) |
      ((bytes[position + 1] as number) << 8) |
      ((bytes[position + 2] as number) << 16) |
      ((bytes[position + 3] as number) << 24)
    crc =
      (tables[1792 + (crc & 0xff)] as number) ^
      (tables[1536 + ((crc >>> 8) & 0xff)] as number) ^
      (tables[1280 + ((crc >>> 16) & 0xff)] as number) ^
      (tables[1024 + (crc >>> 24)] as number) ^
      (tables[768 + (bytes[position + 4] as number)] as number) ^
      (tables[512 + (bytes[position + 5] as number)] as number) ^
      (tables[256 + (bytes[position + 6] as number)] as number) ^
      (tables[bytes[position + 7] as number] as number)
  }
  for (; position < end; position += 1) {
    crc = (crc >>> 8) ^ (tables[(crc ^ (bytes[position] as number)) & 0xff] as number)
  }
  return ~crc >>> 0
}
