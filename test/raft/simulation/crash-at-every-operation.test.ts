import { beforeAll, describe, expect, it } from 'vitest'
import type { CrashOptions } from '../../../src-main/env/simulated'
import type { FaultMix } from '../../../src-main/raft/simulation/fault-mix'
import type { SimulationReport, SimulationRequest } from '../../../src-main/raft/simulation/simulate-group'
import { simulateGroup } from '../../../src-main/raft/simulation/simulate-group'
import { LinearizabilityHistory } from './linearizability-history'

/**
 * Short, and yet segments are closed, snapshots saved, sent and installed, logs cut, states flushed, leaders replaced.
 */
const shortScenario = (mix: FaultMix, flushesOnRequest: boolean): FaultMix => ({
  ...mix,
  flushesOnRequest,
  nodes: 3,
  founders: 2,
  tickMs: 10,
  settings: { electionTicks: 10, heartbeatTicks: 2, snapshotLogGap: 8, keepLogEntries: 2 },
  clockDrift: 0,
  segmentBytes: 512,
  flushEveryEntries: 7,
  diskLatency: { read: 0.1, write: 0.1, sync: 0.5, name: 0.1 },
  link: { minDelayMs: 0.5, maxDelayMs: 1 },
  clients: {
    ...{ count: 2, meanPauseMs: 10, timeoutMs: 200, readPercent: 20 },
    ...{ keys: 2, operationsPerKeySet: 20, maxValueBytes: 40 },
  },
  faults: new Map([
    ['transfer', 150],
    ['membership', 60],
  ]),
  meanFaultMs: 100,
})

/** Node 1 leads at some time; node 3 joins and gets a snapshot. */
const LEADER = 1
const JOINER = 3
const WANTED = [
  `node ${String(LEADER)}  StateLeader`,
  `node ${String(LEADER)}  disk rename /raft/`,
  `node ${String(LEADER)}  disk remove /raft/`,
  `node ${String(LEADER)}  disk rename /snapshot/`,
  `node ${String(JOINER)}  disk rename /snapshot/receiving`,
  `node ${String(JOINER)}  installed`,
]
const MAX_SEEDS = 50

type Run = (seed: number, options?: Partial<SimulationRequest>) => Promise<SimulationReport>

const runner =
  (flushesOnRequest: boolean): Run =>
  (seed, options = {}) => {
    const mix = (drawn: FaultMix): FaultMix => shortScenario(drawn, flushesOnRequest)
    return simulateGroup({ seed, events: 600, history: new LinearizabilityHistory(), seams: { mix }, ...options })
  }

/** The first seed of which the scenario has everything in it that is wanted. */
async function findSeed(run: Run): Promise<number> {
  for (let seed = 1; seed <= MAX_SEEDS; seed += 1) {
    const missing = new Set(WANTED)
    const print = (line: string): void => {
      for (const wanted of missing) if (line.includes(wanted)) missing.delete(wanted)
    }
    const { violation } = await run(seed, { print })
    expect(violation).toBeUndefined()
    if (missing.size === 0) return seed
  }
  throw new Error(`None of ${String(MAX_SEEDS)} seeds has everything in it that is wanted.`)
}

const cuts = [
  { behind: 'snapshots', flushesOnRequest: false },
  { behind: 'durable states', flushesOnRequest: true },
]

describe.each(cuts)('a group that cuts its logs behind $behind and of which one machine loses power', (cut) => {
  const run = runner(cut.flushesOnRequest)
  let seed = 0
  beforeAll(async () => {
    seed = await findSeed(run)
  })

  const policies: ReadonlyArray<readonly [string, CrashOptions]> = [
    ['loses all that is not synced', { writes: 'none', names: 'none' }],
    ['keeps, tears or loses what is not synced', {}],
  ]
  const cases = [LEADER, JOINER].flatMap((nodeId) =>
    (['before', 'after'] as const).flatMap((moment) =>
      policies.map(([what, options]) => ({ nodeId, moment, what, options })),
    ),
  )

  it.each(cases)('keeps every rule: node $nodeId, $moment every operation, $what', async (power) => {
    const { nodeId, moment, options } = power
    let mutation = 1
    for (; ; mutation += 1) {
      const report = await run(seed, { powerLoss: { nodeId, mutation, moment, options } })
      if (!report.powerLost) break
      expect(report.violation, `seed ${String(seed)}, operation ${String(mutation)}`).toBeUndefined()
    }
    // A machine that hardly touches its disk would prove nothing.
    expect(mutation).toBeGreaterThan(40)
  })
})
