import { describe, expect, it } from 'vitest'
import type { SimulationReport } from '../../../src-main/raft/simulation/simulate-group'
import { simulateGroup } from '../../../src-main/raft/simulation/simulate-group'
import { LinearizabilityHistory } from './linearizability-history'
import { coreMutants } from './mutants/core-mutants'
import { logMutants } from './mutants/log-mutants'
import type { Mutant } from './mutants/mutant'
import { networkMutants } from './mutants/network-mutants'
import { storageMutants } from './mutants/storage-mutants'

const MAX_SEEDS = 20
const EVENTS = 10_000

/** The first run in which a check notices the mutant; of none does, the last run. */
async function hunt({ seams }: Mutant): Promise<SimulationReport> {
  for (let seed = 1; ; seed += 1) {
    const report = await simulateGroup({ seed, events: EVENTS, history: new LinearizabilityHistory(), seams: seams() })
    if (report.violation !== undefined || seed === MAX_SEEDS) return report
  }
}

describe('the checks', () => {
  const mutants = [...logMutants, ...coreMutants, ...storageMutants, ...networkMutants]

  it.each(mutants)('notice that $name', async (mutant) => {
    const { violation } = await hunt(mutant)
    expect(violation).toBeDefined()
    expect(mutant.caughtBy, violation?.message).toContain(violation?.check)
  })
})
