import { readFileSync, writeFileSync } from 'node:fs'

/** A rectangle on the desktop, in device-independent pixels. */
export interface Bounds {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** How a person left the window. */
export interface WindowState {
  /** Where the window is while it is not maximized. */
  readonly bounds: Bounds
  readonly maximized: boolean
}

export const MINIMUM_SIZE = { width: 720, height: 480 } as const
const PREFERRED_SIZE = { width: 1180, height: 780 } as const

/**
 * A state in which the whole window can be reached on the displays that are there now, which may be other ones than when
 * it was kept.
 *
 * @param workAreas of the displays, the primary one first; at least one
 */
export function fitToDisplays(kept: WindowState | undefined, workAreas: readonly [Bounds, ...Bounds[]]): WindowState {
  if (kept === undefined) return { bounds: centred(PREFERRED_SIZE, workAreas[0]), maximized: false }
  const { bounds, maximized } = kept
  const area = workAreas.reduce((best, next) => (overlap(bounds, next) > overlap(bounds, best) ? next : best))
  if (overlap(bounds, area) === 0) return { bounds: centred(bounds, area), maximized }
  const { width, height } = clampedSize(bounds, area)
  return {
    bounds: {
      x: clamp(bounds.x, area.x, area.x + area.width - width),
      y: clamp(bounds.y, area.y, area.y + area.height - height),
      width,
      height,
    },
    maximized,
  }
}

/** Reads a kept state; undefined if there is none, or none that can be read. */
export function readWindowState(path: string): WindowState | undefined {
  try {
    const { bounds, maximized } = JSON.parse(readFileSync(path, 'utf8')) as Partial<WindowState>
    const { x, y, width, height } = bounds ?? ({} as Partial<Bounds>)
    if (![x, y, width, height].every(Number.isFinite)) return undefined
    return { bounds: { x, y, width, height } as Bounds, maximized: maximized === true }
  } catch {
    // The first start, or a damaged file: the window then opens where any new one does.
    return undefined
  }
}

/** Keeps a state. A failure costs the person the place of a window, so it is told and not thrown. */
export function writeWindowState(path: string, state: WindowState): void {
  try {
    writeFileSync(path, `${JSON.stringify(state)}\n`)
  } catch (error) {
    process.stderr.write(`The place of the window was not kept: ${String(error)}\n`)
  }
}

function clampedSize({ width, height }: Pick<Bounds, 'width' | 'height'>, area: Bounds) {
  return {
    width: Math.min(Math.max(width, MINIMUM_SIZE.width), area.width),
    height: Math.min(Math.max(height, MINIMUM_SIZE.height), area.height),
  }
}

function centred(size: Pick<Bounds, 'width' | 'height'>, area: Bounds): Bounds {
  const { width, height } = clampedSize(size, area)
  return {
    x: Math.round(area.x + (area.width - width) / 2),
    y: Math.round(area.y + (area.height - height) / 2),
    width,
    height,
  }
}

/** The common area of two rectangles, in square pixels. */
function overlap(a: Bounds, b: Bounds): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y)
  return Math.max(0, width) * Math.max(0, height)
}

const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high)
