import { describe, expect, it } from 'vitest'
import { SandboxError } from '../../../src-main/base/sandbox-error'
import { lookUntilDone } from '../../../src-main/client/views/job-looks'
import { JobProgress } from '../../../src-main/client/views/job-progress'
import { SimulatedClock } from '../../../src-main/env/simulated'
import { FakeCluster } from '../support/fake-cluster'

/** Looks of given lengths, the last of which finds the job done. @returns when each began, and when all was over, in ms */
async function beginnings(looks: ReadonlyArray<{ readonly lastsMs: number; readonly error?: SandboxError }>) {
  const clock = new SimulatedClock()
  const description = { jobId: '1', kind: 'drop', schema: 'DINGO', table: 'a', tableId: 1, total: 1 } as const
  const progress = new JobProgress({ ...description, client: new FakeCluster().client() }, clock, () => undefined)
  const startedAtMs = clock.monotonicMs()
  const began: number[] = []
  let isOver = false
  const looking = lookUntilDone(progress, clock, async () => {
    const look = looks[began.length]
    began.push(clock.monotonicMs() - startedAtMs)
    await clock.sleep(look?.lastsMs ?? 0)
    if (look?.error !== undefined) throw look.error
    return began.length === looks.length
  }).finally(() => (isOver = true))
  await clock.runUntil(() => isOver, { timeMs: 600_000 })
  await looking
  return began
}

describe('looking until a job is done', () => {
  it('takes a fifth of the time at most while that is no long pause', async () => {
    expect(await beginnings([{ lastsMs: 10 }, { lastsMs: 100 }, { lastsMs: 1 }])).toEqual([0, 160, 660])
  })

  it('is not put off for long by a look that hung', async () => {
    expect(await beginnings([{ lastsMs: 5_000 }, { lastsMs: 1 }])).toEqual([0, 7_000])
  })

  it('is tried again at once when coordinators have not answered', async () => {
    const error = new SandboxError('CLIENT_TIMED_OUT', 'No coordinator has answered.')
    expect(await beginnings([{ lastsMs: 10_000, error }, { lastsMs: 1 }])).toEqual([0, 10_150])
  })
})
