import { describe, expect, it } from 'vitest'
import {
  bytesToHex,
  bytesToText,
  formatBytes,
  formatCharacter,
  formatCount,
  formatDurationMs,
  formatFigure,
  formatShare,
  formatTime,
  hexToBytes,
} from '../../../src-renderer/ui/format'

describe('figures', () => {
  it.each([
    [0, '0 B'],
    [1023, '1,023 B'],
    [1024, '1.00 KiB'],
    [1280, '1.25 KiB'],
    [64 * 1024 * 1024, '64.0 MiB'],
    [1024 * 1024 - 1, '1.00 MiB'],
    [500 * 1024 ** 3, '500 GiB'],
  ])('%i bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes, 'en')).toBe(text)
  })

  it.each([
    [0, '0 ms'],
    [0.42, '0.42 ms'],
    [820, '820 ms'],
    [999.7, '1.00 s'],
    [12_340, '12.3 s'],
    [185_000, '3 min 5 s'],
    [59_990, '1 min 0 s'],
    [7_800_000, '2 h 10 min'],
  ])('%d ms are %s', (durationMs, text) => {
    expect(formatDurationMs(durationMs, 'en')).toBe(text)
  })

  it('have groups, units, and as many digits as count', () => {
    expect(formatCount(100_000, 'en')).toBe('100,000')
    expect(formatFigure(0, 'en')).toBe('0')
    expect(formatFigure(12.345, 'en')).toBe('12.3')
    expect(formatShare(0.1234, 'zh-CN')).toBe('12.3 %')
    expect(formatTime(0, 'en')).toMatch(/^\d\d:\d\d:\d\d$/)
  })
})

describe('bytes', () => {
  it('go to hex and back, and what is no hex is refused', () => {
    const bytes = Uint8Array.of(0, 0x72, 0xff)
    expect(bytesToHex(bytes)).toBe('0072ff')
    expect(hexToBytes('0x0072FF')).toEqual(bytes)
    expect(hexToBytes('00 72 ff')).toEqual(bytes)
    expect(hexToBytes('')).toEqual(new Uint8Array())
    expect(hexToBytes('072')).toBeUndefined()
    expect(hexToBytes('zz')).toBeUndefined()
  })

  it('are text only if they are UTF-8 without control characters', () => {
    expect(bytesToText(new TextEncoder().encode('键\n'))).toBe('键\n')
    expect(bytesToText(Uint8Array.of(0xff))).toBeUndefined()
    expect(bytesToText(Uint8Array.of(0))).toBeUndefined()
    expect([0x41, 0x20, 0x00, 0x7f].map(formatCharacter)).toEqual(['A', ' ', '·', '·'])
  })
})
