import { describe, expect, test } from 'vitest'
import { simulatedEnv } from '../../../src-main/env/simulated'
import { StoreHeartbeat } from '../../../src-main/store/heartbeat/store-heartbeat'
import type { ReportScope } from '../../../src-main/store/heartbeat/store-report'

function newHeartbeat(options: { readonly takesMs?: number } = {}) {
  const simulation = simulatedEnv({ seed: 1 })
  const { clock } = simulation.addNode('store').env
  const sent: Array<readonly [number, string]> = []
  const warnings: Error[] = []
  const state = { fails: false, underWay: 0, mostUnderWay: 0, receiver: 'first' }
  const heartbeat = new StoreHeartbeat({
    clock,
    intervalMs: 1_000,
    maxBackOffMs: 4_000,
    reportRegionMultiple: 3,
    send: async (scope: ReportScope, signal) => {
      sent.push([clock.monotonicMs(), typeof scope === 'string' ? scope : [...scope].join()])
      state.underWay += 1
      state.mostUnderWay = Math.max(state.mostUnderWay, state.underWay)
      try {
        await clock.sleep(options.takesMs ?? 0, signal)
      } finally {
        state.underWay -= 1
      }
      if (state.fails) throw new Error('nobody answers')
    },
    receiver: () => state.receiver,
    onWarning: (error) => warnings.push(error),
  })
  return { simulation, heartbeat, sent, warnings, state, scopes: () => sent.map(([, scope]) => scope) }
}

describe('a store reports', () => {
  test('itself at intervals, and all regions with every third', async () => {
    const { simulation, heartbeat, sent } = newHeartbeat()
    heartbeat.start()
    await simulation.clock.advance(3_500)
    expect(sent).toEqual([
      [0, 'all-regions'],
      [1000, 'store'],
      [2000, 'store'],
      [3000, 'all-regions'],
    ])
    heartbeat.stop()
    await simulation.clock.advance(10_000)
    expect(sent).toHaveLength(4)
  })

  test('regions that change at once, those of one turn together', async () => {
    const { simulation, heartbeat, sent } = newHeartbeat()
    heartbeat.start()
    await simulation.clock.advance(100)
    heartbeat.report(7)
    heartbeat.report(8)
    heartbeat.report(7)
    await simulation.clock.advance(100)
    expect(sent.slice(1)).toEqual([[100, '7,8']])
  })

  test('what changes while a report is under way when that has ended, one at a time', async () => {
    const { simulation, heartbeat, scopes, state } = newHeartbeat({ takesMs: 300 })
    heartbeat.start()
    await simulation.clock.advance(100)
    heartbeat.report(7)
    await simulation.clock.advance(50)
    heartbeat.report(8)
    expect(scopes()).toEqual(['all-regions'])
    await simulation.clock.advance(500)
    expect(scopes()).toEqual(['all-regions', '7,8'])
    expect(state.mostUnderWay).toBe(1)
  })

  test('what failed again, with growing pauses and one warning, and then as before', async () => {
    const { simulation, heartbeat, sent, scopes, warnings, state } = newHeartbeat()
    state.fails = true
    heartbeat.report(7)
    heartbeat.start()
    await simulation.clock.advance(500)
    heartbeat.report(8)
    await simulation.clock.advance(11_000)
    expect(sent).toEqual([
      [0, '7'],
      [1000, '7,8'],
      [3000, '7,8'],
      [7000, '7,8'],
      [11000, '7,8'],
    ])
    expect(warnings).toHaveLength(1)
    state.fails = false
    await simulation.clock.advance(4_000)
    expect(scopes().slice(5)).toEqual(['7,8', 'all-regions'])
  })

  test('all regions at once to whoever takes reports now, and after a failure', async () => {
    const { simulation, heartbeat, sent, state } = newHeartbeat()
    heartbeat.start()
    await simulation.clock.advance(500)
    state.receiver = 'second'
    await simulation.clock.advance(1_000)
    expect(sent.slice(1)).toEqual([
      [1000, 'store'],
      [1000, 'all-regions'],
    ])
    state.receiver = 'third'
    heartbeat.report(7)
    await simulation.clock.advance(100)
    expect(sent.slice(3)).toEqual([
      [1500, '7'],
      [1500, 'all-regions'],
    ])
    state.fails = true
    await simulation.clock.advance(500)
    state.fails = false
    await simulation.clock.advance(1_000)
    expect(sent.slice(5)).toEqual([
      [2000, 'store'],
      [3000, 'all-regions'],
    ])
  })

  test('nothing after it was stopped in the middle of a report', async () => {
    const { simulation, heartbeat, sent, warnings, state } = newHeartbeat({ takesMs: 10_000 })
    heartbeat.start()
    await simulation.clock.advance(500)
    heartbeat.stop()
    await heartbeat.idle()
    expect(state.underWay).toBe(0)
    heartbeat.report(7)
    await simulation.clock.advance(60_000)
    expect(sent).toHaveLength(1)
    expect(warnings).toEqual([])
  })
})
