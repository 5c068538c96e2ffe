import { formatBytes, formatCount, formatDurationMs, formatFigure, formatShare } from '../../ui/format'
import type { FigureUnit } from './metrics-figures'

/** A value with its unit: `12.5 /s`, `1.25 ms`, `64.0 MiB`, `3`, `12.5 %`; a dash where nothing was told. */
export function figureText(value: number | undefined, unit: FigureUnit, locale: string): string {
  if (value === undefined) return '–'
  switch (unit) {
    case 'perSecond':
      return `${formatFigure(value, locale)} /s`
    case 'ms':
      return formatDurationMs(value, locale)
    case 'bytes':
      return formatBytes(value, locale)
    case 'count':
      return Number.isInteger(value) ? formatCount(value, locale) : formatFigure(value, locale)
    case 'share':
      return formatShare(value, locale)
  }
}

/** The length of an interval, which is never measured more finely than it is kept: `2 s`, `500 ms`. */
export function intervalText(intervalMs: number, locale: string): string {
  return intervalMs < 950
    ? `${formatCount(Math.round(intervalMs), locale)} ms`
    : `${formatCount(Math.round(intervalMs / 1000), locale)} s`
}
