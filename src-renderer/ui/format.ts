/** Figures as people read them. Every one carries its unit; a locale is what vue-i18n calls it: `en`, `zh-CN`. */

const formats = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>()

/** Making a format costs more than using it a thousand times. */
function kept<Format extends Intl.NumberFormat | Intl.DateTimeFormat>(key: string, make: () => Format): Format {
  let format = formats.get(key)
  if (format === undefined) formats.set(key, (format = make()))
  return format as Format
}

function decimal(value: number, locale: string, digits: number): string {
  const make = () =>
    new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: true })
  return kept(`${locale} ${digits}`, make).format(value)
}

/** Three figures that count: `1.25`, `12.5`, `125`. */
function threeFigures(value: number, locale: string): string {
  const size = Math.abs(value)
  return decimal(value, locale, size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2)
}

const BYTE_UNITS = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const

/** `812 B`, `1.25 KiB`, `64.0 MiB`. Units are the same in every language. */
export function formatBytes(bytes: number, locale: string): string {
  if (Math.abs(bytes) < 1024) return `${decimal(bytes, locale, 0)} B`
  let value = bytes / 1024
  let unit = 0
  while (Math.abs(value) >= 1023.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${threeFigures(value, locale)} ${BYTE_UNITS[unit] ?? ''}`
}

/** A whole number with its groups: `100,000`. */
export function formatCount(count: number, locale: string): string {
  return decimal(count, locale, 0)
}

/** A rate or another figure that need not be whole: `0.25`, `12.5`, `1,240`. The unit is the caller's. */
export function formatFigure(value: number, locale: string): string {
  return value === 0 ? '0' : threeFigures(value, locale)
}

/** `0.42 ms`, `820 ms`, `1.25 s`, `3 min 5 s`, `2 h 10 min`. Units are the same in every language. */
export function formatDurationMs(durationMs: number, locale: string): string {
  if (durationMs < 999.5) return `${durationMs === 0 ? '0' : threeFigures(durationMs, locale)} ms`
  if (durationMs < 59_950) return `${threeFigures(durationMs / 1000, locale)} s`
  const seconds = Math.round(durationMs / 1000)
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  const minutes = Math.round(seconds / 60)
  return `${decimal(Math.floor(minutes / 60), locale, 0)} h ${minutes % 60} min`
}

/** A moment of the day to the second: `14:02:07`. @param atMs wall time in ms */
export function formatTime(atMs: number, locale: string): string {
  const make = () =>
    new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
  return kept(`time ${locale}`, make).format(atMs)
}

/** A day and a moment of it: `Nov 22, 2026, 14:02:07`. @param atMs wall time in ms */
export function formatDateTime(atMs: number, locale: string): string {
  const make = () => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' })
  return kept(`date ${locale}`, make).format(atMs)
}

/** A share of one: `12.5 %`. */
export function formatShare(share: number, locale: string): string {
  return `${threeFigures(share * 100, locale)} %`
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** One byte as two figures. */
export function formatByte(byte: number): string {
  return HEX[byte & 0xff] ?? '00'
}

/** Bytes as hex without anything between: `7200ea62`. */
export function bytesToHex(bytes: Uint8Array): string {
  let hex = ''
  for (const byte of bytes) hex += formatByte(byte)
  return hex
}

/** Bytes of hex, with or without `0x` and spaces; undefined for a text that is none. */
export function hexToBytes(text: string): Uint8Array<ArrayBuffer> | undefined {
  const digits = text.replace(/^0x/i, '').replace(/\s+/g, '')
  if (digits.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(digits)) return undefined
  return Uint8Array.from({ length: digits.length / 2 }, (_, at) =>
    Number.parseInt(digits.slice(2 * at, 2 * at + 2), 16),
  )
}

/** A byte as a character of ASCII, and a dot where it has no shape. */
export function formatCharacter(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·'
}

/** Bytes as text if they are UTF-8 without control characters (line ends and tabs pass); else undefined. */
export function bytesToText(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    // eslint-disable-next-line no-control-regex -- control characters are what is looked for
    return /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(text) ? undefined : text
  } catch {
    // The decoder's way to say that these bytes are no text.
    return undefined
  }
}
