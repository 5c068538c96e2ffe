import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { useMetricsStore } from '../../../../src-renderer/data/metrics-store'
import { useSessionStore } from '../../../../src-renderer/data/session-store'
import MetricsScreen from '../../../../src-renderer/features/metrics/MetricsScreen.vue'
import { closedSession, FakeDoor } from '../../support/fake-door'
import { someMethod, someSample, someStoreSample } from '../../support/metrics-samples'

// A canvas has no pixels here: charts themselves are looked at in test/window.
vi.mock('uplot', () => ({ default: vi.fn() }))

let door: FakeDoor
beforeEach(() => {
  door = new FakeDoor()
})

const START_MS = 1_000_000
const running = {
  ...closedSession,
  phase: 'running' as const,
  nodes: [{ nodeId: 20001, role: 'store', state: 'running' } as never],
}
const sampleAt = (place: number, perSecond = 10) =>
  someSample(START_MS + place * 2000, [someStoreSample(20001, [someMethod('KvPut', perSecond)])])

async function open(address = '/metrics', count = 3) {
  door.answers.set('inspection.metrics', () => ({
    intervalMs: 2000,
    samples: Array.from({ length: count }, (_none, place) => sampleAt(place)),
  }))
  await door.router.push(address)
  const screen = mount(MetricsScreen, { global: { plugins: [door.plugin()] } })
  useSessionStore().receive(running)
  await flushPromises()
  return screen
}
const button = (screen: Awaited<ReturnType<typeof open>>, words: string) =>
  screen.findAll('button').find((each) => each.text() === words)
const callsOfS1 = (screen: Awaited<ReturnType<typeof open>>) => screen.get('.figure li .value').text()

describe('the metrics screen', () => {
  it('offers to open a sandbox where no cluster is', async () => {
    const screen = mount(MetricsScreen, { global: { plugins: [door.plugin()] } })
    await screen.get('button').trigger('click')
    await flushPromises()
    expect(door.router.currentRoute.value.path).toBe('/start')
  })

  it('says what it waits for until there is a sample', async () => {
    const screen = await open('/metrics', 0)
    expect(screen.get('[role=status]').text()).toContain('Waiting for the first sample')
    useMetricsStore().receive(sampleAt(0))
    await flushPromises()
    expect(callsOfS1(screen)).toBe('10.0 /s')
  })

  it('follows new samples, but not while it is paused', async () => {
    const screen = await open()
    useMetricsStore().receive(sampleAt(3, 20))
    await flushPromises()
    expect(callsOfS1(screen)).toBe('20.0 /s')
    await button(screen, 'Pause')?.trigger('click')
    useMetricsStore().receive(sampleAt(4, 30))
    await flushPromises()
    expect(callsOfS1(screen)).toBe('20.0 /s')
    expect(screen.text()).toContain('Paused at')
    await button(screen, 'Resume')?.trigger('click')
    expect(callsOfS1(screen)).toBe('30.0 /s')
  })

  it('shows the values of one moment everywhere, and goes back to the newest', async () => {
    const screen = await open()
    useMetricsStore().receive(sampleAt(3, 20))
    await flushPromises()
    await screen.get('input[type=range]').setValue('1')
    expect(callsOfS1(screen)).toBe('10.0 /s')
    expect(screen.get('input[type=range]').attributes('aria-valuetext')).toMatch(/^Values at/)
    await button(screen, 'To the newest')?.trigger('click')
    expect(callsOfS1(screen)).toBe('20.0 /s')
  })

  it('keeps the window in the address', async () => {
    const screen = await open('/metrics?window=1', 100)
    expect(screen.get('input[type=range]').attributes('max')).toBe('29')
    await screen.get('input[type=radio][value="10"]').setValue(true)
    await flushPromises()
    expect(door.router.currentRoute.value.query['window']).toBe('10')
    expect(screen.get('input[type=range]').attributes('max')).toBe('99')
  })

  it('says the unit of every chart, and its window', async () => {
    const screen = await open()
    const labels = screen.findAll('[role=img]').map((chart) => chart.attributes('aria-label'))
    expect(labels).toHaveLength(15)
    for (const label of labels)
      expect(label).toMatch(/, (per second|milliseconds|bytes|count|share of one core), .+ to .+/)
  })

  it('has a way out where no method was called', async () => {
    door.answers.set('inspection.metrics', () => ({ intervalMs: 2000, samples: [] }))
    const screen = await open('/metrics', 0)
    useMetricsStore().receive(someSample(START_MS, [someStoreSample(20001, [])]))
    await flushPromises()
    expect(screen.text()).toContain('No method was called in this window')
  })
})
