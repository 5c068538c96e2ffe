import { NO_NODE } from '../../../../src-main/raft/core/model/node-id'
import type { LogUpdate, RaftLogStore } from '../../../../src-main/raft/log/raft-log-store'
import { ForwardingLog } from '../../../../src-main/raft/simulation/forwarding-log'
import type { Mutant } from './mutant'

class AcknowledgesBeforeSync extends ForwardingLog {
  override sync(onWritten?: () => void): Promise<void> {
    // The sync goes on in the background; its failure shows in the next append.
    super.sync(onWritten).catch(() => undefined)
    return Promise.resolve()
  }
}

class ForgetsVote extends ForwardingLog {
  override append({ hardState, ...update }: LogUpdate): void {
    super.append({ ...update, ...(hardState !== undefined && { hardState: { ...hardState, vote: NO_NODE } }) })
  }
}

/** The vote waits for a term with entries, in memory. */
class StoresTermWithEntriesOnly extends ForwardingLog {
  override append(update: LogUpdate): void {
    const { hardState, ...rest } = update
    if (hardState === undefined || update.entries !== undefined || update.reset !== undefined) super.append(update)
    else super.append({ ...rest, hardState: { ...this.hardState, commit: hardState.commit } })
  }
}

class RewritesItsLastEntry extends ForwardingLog {
  #updates = 0

  override append(update: LogUpdate): void {
    this.#updates += 1
    const { lastIndex } = this
    const isNext = update.entries?.[0]?.index === lastIndex + 1 && lastIndex > this.mark.index
    const last = isNext && this.#updates % 10 === 0 ? this.cachedEntries(lastIndex, lastIndex + 1, 0) : undefined
    super.append(last === undefined ? update : { ...update, entries: [...last, ...(update.entries ?? [])] })
  }
}

const withLog = (
  name: string,
  caughtBy: readonly string[],
  log: new (inner: RaftLogStore) => RaftLogStore,
): Mutant => ({
  name,
  caughtBy,
  seams: () => ({ log: (inner) => new log(inner) }),
})

export const logMutants: readonly Mutant[] = [
  withLog(
    'a log says that it is durable before it is',
    ['durable-promises', 'committed-on-quorum'],
    AcknowledgesBeforeSync,
  ),
  withLog('a log forgets for whom the node voted', ['durable-promises'], ForgetsVote),
  withLog('a log stores terms and votes only together with entries', ['durable-promises'], StoresTermWithEntriesOnly),
  withLog(
    'a leader writes its last entry again',
    ['leader-append-only', 'committed-for-good', 'durable-promises'],
    RewritesItsLastEntry,
  ),
]
