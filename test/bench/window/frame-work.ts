/** What one frame cost the page. Processor time in ms. */
export interface FrameWork {
  /** Of its main thread: script, style, layout, paint, collecting garbage. */
  readonly mainMs: number
  /** Of all threads that fill tiles with pixels. */
  readonly rasterMs: number
}

/** The mark that a page sets once in each frame. */
export const FRAME_MARK = 'bench frame'

/** What a trace must hold for {@link frameWork}. */
export const frameWorkCategories = ['toplevel', '__metadata', 'blink.user_timing']

/** An event of a browser's trace. Times in µs. */
interface TraceEvent {
  readonly name: string
  readonly pid: number
  readonly tid: number
  readonly ts: number
  readonly dur?: number
  /** Processor time. */
  readonly tdur?: number
  readonly args: { readonly name?: string }
}

/**
 * The work of each frame: everything from the task that shows it to the task that shows the next one.
 *
 * @param trace of {@link frameWorkCategories}, while a page set {@link FRAME_MARK} in every frame
 * @returns one for each pair of marks that follow each other
 */
export function frameWork(trace: Buffer): FrameWork[] {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] }
  const marks = traceEvents.filter(({ name }) => name === FRAME_MARK).sort((a, b) => a.ts - b.ts)
  const [mark] = marks
  if (mark === undefined) throw new Error('The trace holds no frame.')
  const tasks = traceEvents
    .filter(({ name, pid, tid }) => name === 'ThreadControllerImpl::RunTask' && pid === mark.pid && tid === mark.tid)
    .sort((a, b) => a.ts - b.ts)
  const rasters = traceEvents.filter(({ name, pid }) => name === 'TaskGraphRunner::RunTask' && pid === mark.pid)
  const startsUs = marks.map(({ ts }) => tasks.findLast((task) => task.ts <= ts)?.ts ?? ts)
  const between = (events: readonly TraceEvent[], fromUs: number, toUs: number) =>
    events.filter(({ ts }) => ts >= fromUs && ts < toUs).reduce((sum, event) => sum + workUs(event), 0) / 1000
  return startsUs.slice(1).map((toUs, at) => {
    const fromUs = startsUs[at] ?? toUs
    return { mainMs: between(tasks, fromUs, toUs), rasterMs: between(rasters, fromUs, toUs) }
  })
}

/**
 * Not more than the event lasted: twice a second Chromium's trace adds the time of several tasks to the processor time of
 * one, which then comes out longer than the task.
 */
function workUs({ dur = 0, tdur = 0 }: TraceEvent): number {
  return Math.min(dur, tdur)
}
