import type { FlowControl, HoldView } from '../../../flow/flow-views'
import type { StepKind } from '../../../flow/gate'
import { SandboxError } from '../../../base/sandbox-error'
import type { CommandWorld } from '../command'
import { stageText } from './stage-text'
import type { NameOf } from './trace-tree'

const steps: ReadonlyMap<string, StepKind> = new Map<string, StepKind>([
  ['\r', 'over'],
  ['\n', 'over'],
  ['o', 'over'],
  ['i', 'into'],
  ['u', 'out'],
  ['c', 'continue'],
])
/** Lets everything go and is done: q, and what a terminal sends for Ctrl+C and Ctrl+D. */
const letGo: ReadonlySet<string> = new Set(['q', '\u0003', '\u0004'])

export const stepKeysHelp = 'Enter or o: over, i: into, u: out, c: go on to the end, q: let go and stop stepping'

/**
 * Walks a traced operation through its stages, key by key, until it is over or is let go. When there are no more keys, it is
 * let go, too.
 */
export async function stepWalk(flow: FlowControl, traceId: string, nameOf: NameOf, world: CommandWorld): Promise<void> {
  const keys = world.readKeys()[Symbol.asyncIterator]()
  world.output.note(stepKeysHelp)
  try {
    for (let before: string | undefined; ;) {
      const hold = await nextHold(flow, traceId, before, world.signal)
      if (hold === undefined) return
      before = hold.holdId
      world.output.note(stageText(flow.stage(traceId, hold.stageId), nameOf))
      if (!(await takeStep(flow, hold, keys))) return
    }
  } finally {
    await keys.return?.()
    await flow.continueAll()
  }
}

/** @returns false if the operation was let go */
async function takeStep(flow: FlowControl, { holdId }: HoldView, keys: AsyncIterator<string>): Promise<boolean> {
  for (;;) {
    const { done, value: key } = await keys.next()
    if (done === true || letGo.has(key)) return false
    const kind = steps.get(key)
    if (kind === undefined) continue
    try {
      await flow.step(holdId, kind)
    } catch (thrown) {
      // It went on by itself: its node has ended.
      if (!SandboxError.is(thrown, 'FLOW_HOLD_NOT_FOUND')) throw thrown
    }
    return true
  }
}

/** The stage at which the operation stands next; undefined when it is over. */
function nextHold(
  flow: FlowControl,
  traceId: string,
  before: string | undefined,
  signal: AbortSignal,
): Promise<HoldView | undefined> {
  return new Promise((resolve) => {
    const look = () => {
      const { holds, traces } = flow.state
      const hold = holds.find((each) => each.traceId === traceId && each.holdId !== before)
      const state = traces.find((trace) => trace.traceId === traceId)?.state
      const isOver = hold === undefined && state !== 'running' && state !== 'held'
      if (hold === undefined && !isOver && !signal.aborted) return
      stop()
      signal.removeEventListener('abort', look)
      resolve(signal.aborted ? undefined : hold)
    }
    const stop = flow.onState(look)
    signal.addEventListener('abort', look)
    look()
  })
}
