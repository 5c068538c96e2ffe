import { SandboxError } from '../../base/sandbox-error'
import type { Clock } from '../../env'
import type { Region } from '../../rpc/generated/dingodb/common_pb'
import { RegionState } from '../../rpc/generated/dingodb/common_pb'
import type { JobProgress } from './job-progress'
import type { TableJob } from './tables'

/** The shortest time between two looks at the coordinators, in ms. */
const SHORTEST_PAUSE_MS = 150
/** A look that takes long, in a cluster of many regions, is made less often: it takes a fifth of the time, unless that would be a longer pause than {@link LONGEST_PAUSE_MS}. */
const PAUSE_PER_LOOK = 4
/** The longest time between two looks, in ms: one that hung must not have the end of the job be seen late. */
const LONGEST_PAUSE_MS = 2_000

/**
 * Looks again and again, until a look says that the job is done. Coordinators that do not answer, while they elect for
 * instance, hold the job up and do not end it.
 *
 * @param look returns whether it is done
 * @throws SandboxError CANCELLED when the job is given up, and what else `look` throws
 */
export async function lookUntilDone(progress: JobProgress, clock: Clock, look: () => Promise<boolean>): Promise<void> {
  for (;;) {
    const startedAtMs = clock.monotonicMs()
    let pauseMs = SHORTEST_PAUSE_MS
    try {
      if (await look()) return
      const lookMs = clock.monotonicMs() - startedAtMs
      pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, lookMs * PAUSE_PER_LOOK))
    } catch (thrown) {
      const error = SandboxError.from(thrown)
      if (!PASSING.has(error.code)) throw error
      progress.step({ error: error.serialize() })
    }
    await clock.sleep(pauseMs, progress.signal)
  }
}

/** A region as a job shows it. */
export function jobRegion({ id, definition, state, leaderStoreId }: Region): TableJob['regions'][number] {
  return {
    regionId: Number(id),
    partitionId: Number(definition?.partId ?? 0n),
    state: RegionState[state] ?? String(state),
    leaderStoreId: leaderStoreId > 0n ? Number(leaderStoreId) : undefined,
    storeIds: (definition?.peers ?? []).map(({ storeId }) => Number(storeId)),
  }
}

const PASSING: ReadonlySet<string> = new Set(['RPC_UNAVAILABLE', 'RPC_DEADLINE_EXCEEDED', 'CLIENT_TIMED_OUT'])
