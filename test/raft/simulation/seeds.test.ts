import { describe, expect, it } from 'vitest'
import type { SimulationReport } from '../../../src-main/raft/simulation/simulate-group'
import { simulateGroup } from '../../../src-main/raft/simulation/simulate-group'
import { LinearizabilityHistory } from './linearizability-history'

const simulate = (seed: number, events = 5_000, nodes?: number): Promise<SimulationReport> =>
  simulateGroup({ seed, events, history: new LinearizabilityHistory(), ...(nodes !== undefined && { nodes }) })

describe('a simulated group', () => {
  it('keeps every rule through different mixes of faults', async () => {
    const reports: SimulationReport[] = []
    for (let seed = 1; seed <= 20; seed += 1) reports.push(await simulate(seed))
    for (const { seed, violation } of reports)
      expect(violation, `npm run sim -- --seed ${String(seed)} --events 5000`).toBeUndefined()
    // The rules would be kept by a group that does nothing, too.
    expect(reports.filter(({ committedEntries }) => committedEntries > 20).length).toBeGreaterThan(15)
    expect(new Set(reports.map(({ mix }) => mix.nodes))).toEqual(new Set([3, 4, 5, 6, 7]))
  })

  it('takes the same course for the same seed', async () => {
    const [first, again, other] = [await simulate(5), await simulate(5), await simulate(6)]
    expect(again).toEqual(first)
    expect(other.traceHash).not.toBe(first.traceHash)
  })

  it('has as many machines as it is asked for', async () => {
    const { mix, violation } = await simulate(1, 1_000, 4)
    expect(mix.nodes).toBe(4)
    expect(violation).toBeUndefined()
  })

  it('tells all that happens when asked to, without changing the course', async () => {
    const lines: string[] = []
    const history = new LinearizabilityHistory()
    const report = await simulateGroup({ seed: 2, events: 1_000, history, print: (line) => lines.push(line) })
    expect(report.traceHash).toBe((await simulate(2, 1_000)).traceHash)
    expect(lines.some((line) => /node \d {2}StateLeader \d/.test(line))).toBe(true)
    expect(lines.some((line) => line.includes('MsgApp term'))).toBe(true)
    expect(lines.some((line) => line.includes('disk sync /raft/'))).toBe(true)
  })
})
