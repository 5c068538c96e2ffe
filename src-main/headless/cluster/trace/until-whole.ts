import type { FlowControl } from '../../../flow/flow-views'

/** Followers apply an entry after the client has its answer; when one is down, or the operation failed, they never do. */
const FOLLOWERS_WITHIN_MS = 1_000

/** Resolves when an operation is over and its stages are there, on followers, too, as far as they come within a second. */
export function untilWhole(flow: FlowControl, traceId: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const done = () => {
      clearTimeout(timer)
      stop()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const look = () => {
      const { summary, stages, ahead } = flow.trace(traceId)
      if (summary.state === 'running' || summary.state === 'held') return
      timer ??= setTimeout(done, FOLLOWERS_WITHIN_MS)
      // What an operation that is over has not passed yet is told by the controller only while it is under way.
      const count = (stage: string) => stages.filter((event) => event.stage === stage).length
      // A record is read back from the disk when it is durable, beside everything else.
      const isRecorded = count('log.record') === count('log.append')
      const isApplied = isRecorded && count('rawEngine.write') > count('raft.send')
      const isRead = count('rawEngine.get') > 0 && count('service.respond') > 0
      if (ahead.length === 0 && (isApplied || isRead)) done()
    }
    const stop = flow.onState(look)
    signal.addEventListener('abort', done)
    look()
  })
}
