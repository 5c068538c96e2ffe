import { create } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import type { MetricsSample } from '../../../src-main/client/views/metrics'
import type { ClusterOverview } from '../../../src-main/client/views/overview'
import { SimulatedClock } from '../../../src-main/env/simulated'
import type { GetMetricsResponse } from '../../../src-main/rpc/generated/sandbox/inspection_pb'
import { GetMetricsResponseSchema } from '../../../src-main/rpc/generated/sandbox/inspection_pb'
import {
  ClusterMetricsRecorder,
  INTERVAL_MS,
  KEPT_SAMPLES,
} from '../../../src-main/sandbox/session/cluster-metrics-recorder'
import type { RunningCluster } from '../../../src-main/sandbox/session/cluster-session'
import { OverviewPoll } from '../../../src-main/sandbox/session/overview-poll'
import type { SessionView } from '../../../src-main/sandbox/session/session-view'
import { storeSample } from '../../../src-main/sandbox/session/store-rates'

/** A session of which the test says whether it runs. */
class SwitchedSession {
  readonly listeners = new Set<(view: SessionView) => void>()
  phase: SessionView['phase'] = 'closed'
  metrics: () => Promise<GetMetricsResponse> = () => Promise.reject(new Error('No store is there.'))

  get view(): SessionView {
    const nodes = [{ nodeId: 20_001, role: 'store', state: 'running', serverAddress: 'store:1' }]
    return { phase: this.phase, nodes } as unknown as SessionView
  }

  onChange(listener: (view: SessionView) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  running(): RunningCluster {
    return {
      client: { inspection: { inside: () => ({ metrics: () => this.metrics() }) } },
    } as unknown as RunningCluster
  }

  become(phase: SessionView['phase']): void {
    this.phase = phase
    for (const listener of this.listeners) listener(this.view)
  }
}

describe('the watch over the cluster', () => {
  function watched() {
    const clock = new SimulatedClock()
    const session = new SwitchedSession()
    const world = {
      looks: 0,
      regionCount: 1,
      heartbeatAgeMs: 0,
      isUp: true,
      answersAfterMs: 0,
      fails: false,
      freeBytes: 60,
      totalBytes: 1000,
    }
    const overview = (): Promise<ClusterOverview> => {
      world.looks += 1
      if (world.fails) return Promise.reject(new Error('nobody answers'))
      const { regionCount, heartbeatAgeMs, isUp, answersAfterMs, freeBytes, totalBytes } = world
      const disk = { totalBytes, freeBytes }
      const stores = [{ storeId: 20_001, heartbeatAgeMs, answers: isUp, processUsedBytes: world.looks, ...disk }]
      const picture = { takenAtMs: clock.wallTimeMs(), regionCount, stores } as unknown as ClusterOverview
      return answersAfterMs === 0 ? Promise.resolve(picture) : clock.sleep(answersAfterMs).then(() => picture)
    }
    const deeds = new Set<() => void>()
    const onDeed = (listener: () => void) => {
      deeds.add(listener)
      return () => deeds.delete(listener)
    }
    const told: ClusterOverview[] = []
    const watch = new OverviewPoll({ clock, session, overview, onDeed })
    return { clock, session, world, deeds, told, listen: () => watch.onOverview((each) => told.push(each)) }
  }

  it('looks every second while a cluster runs and somebody listens, and not otherwise', async () => {
    const { clock, session, world, told, listen } = watched()
    await clock.advance(5_000)
    session.become('running')
    await clock.advance(5_000)
    expect(world.looks).toBe(0)
    const stop = listen()
    await clock.advance(3_000)
    expect(world.looks).toBe(4)
    expect(told).toHaveLength(1)
    session.become('closing')
    await clock.advance(5_000)
    expect(world.looks).toBe(4)
    session.become('running')
    await clock.advance(0)
    expect([world.looks, told.length]).toEqual([5, 2])
    stop()
    await clock.advance(5_000)
    expect(world.looks).toBe(5)
  })

  it('tells what a person would see: a change, and the age of a store that is silent', async () => {
    const { clock, session, world, told, listen } = watched()
    session.become('running')
    listen()
    await clock.advance(0)
    world.heartbeatAgeMs = 2_400
    await clock.advance(1_000)
    expect(told).toHaveLength(1)
    world.regionCount = 2
    await clock.advance(1_000)
    expect(told).toHaveLength(2)
    world.heartbeatAgeMs = 4_100
    await clock.advance(1_000)
    world.heartbeatAgeMs = 4_200
    await clock.advance(1_000)
    world.heartbeatAgeMs = 5_200
    await clock.advance(1_000)
    expect(told.map(({ stores }) => stores[0]?.heartbeatAgeMs)).toEqual([0, 2_400, 4_100, 5_200])
  })

  it('tells that a disk fills up, in steps that become small where little is left', async () => {
    const { clock, session, world, told, listen } = watched()
    session.become('running')
    const [MIB, GIB] = [2 ** 20, 2 ** 30]
    Object.assign(world, { totalBytes: 1000 * GIB, freeBytes: 600 * GIB })
    listen()
    for (const freeBytes of [600 * GIB, 599 * GIB, 500 * GIB, 100 * MIB, 99 * MIB, 70 * MIB, 0]) {
      world.freeBytes = freeBytes
      await clock.advance(1_000)
    }
    expect(told.map(({ stores }) => stores[0]?.freeBytes)).toEqual([600 * GIB, 500 * GIB, 100 * MIB, 70 * MIB, 0])
  })

  it('tells once that a store is down, and not how long it has been', async () => {
    const { clock, session, world, told, listen } = watched()
    session.become('running')
    listen()
    await clock.advance(0)
    for (const heartbeatAgeMs of [4_000, 5_000, 60_000]) {
      Object.assign(world, { isUp: false, heartbeatAgeMs })
      await clock.advance(10_000)
    }
    expect(told).toHaveLength(2)
  })

  it('looks seldom while nothing happens, and closely again when something does', async () => {
    const { clock, session, world, deeds, listen } = watched()
    session.become('running')
    const stop = listen()
    await clock.advance(30_000)
    const looksIn = async (timeMs: number) => {
      const before = world.looks
      await clock.advance(timeMs)
      return world.looks - before
    }
    expect(await looksIn(20_000)).toBe(4)
    session.become('running')
    expect(await looksIn(3_000)).toBeGreaterThanOrEqual(3)
    await clock.advance(30_000)
    for (const deed of deeds) deed()
    expect(await looksIn(3_000)).toBeGreaterThanOrEqual(3)
    await clock.advance(30_000)
    world.regionCount = 7
    await clock.advance(5_000)
    expect(await looksIn(4_000)).toBe(4)
    stop()
    expect(deeds.size).toBe(0)
  })

  it('tells nothing of a cluster that was closed while it was looked at', async () => {
    const { clock, session, world, told, listen } = watched()
    world.answersAfterMs = 500
    session.become('running')
    listen()
    await clock.advance(100)
    session.become('closing')
    session.become('running')
    world.regionCount = 2
    await clock.advance(450)
    expect(told).toEqual([])
    await clock.advance(500)
    expect(told.map(({ regionCount }) => regionCount)).toEqual([2])
  })

  it('goes on after a look that failed', async () => {
    const { clock, session, world, told, listen } = watched()
    world.fails = true
    session.become('running')
    listen()
    await clock.advance(2_000)
    world.fails = false
    await clock.advance(1_000)
    expect(told).toHaveLength(1)
  })
})

describe('the rates of a store', () => {
  const counters = (calls: bigint, counts: readonly bigint[], committed = calls) =>
    create(GetMetricsResponseSchema, {
      committedEntries: committed,
      methods: [{ method: 'KvPut', calls, errors: calls / 10n, boundsMs: [1, 2, 4], counts: [...counts] }],
    })

  it('are those of the calls in between', () => {
    const before = counters(100n, [100n, 0n, 0n])
    const sample = storeSample(1, before, counters(200n, [150n, 45n, 5n]), 2_000)
    expect(sample.methods).toEqual([
      { method: 'KvPut', perSecond: 50, p50Ms: 1, p95Ms: 2, p99Ms: 4, errorsPerSecond: 5 },
    ])
    expect(sample.raft.committedPerSecond).toBe(50)
    const idle = storeSample(1, before, before, 2_000)
    expect(idle.methods[0]).toMatchObject({ perSecond: 0, p50Ms: undefined })
  })

  it('are not made up across a restart', () => {
    const sample = storeSample(1, counters(100n, [100n, 0n, 0n]), counters(5n, [5n, 0n, 0n]), 2_000)
    expect(sample).toMatchObject({ methods: [], raft: { committedPerSecond: undefined } })
  })
})

describe('the recorder of figures', () => {
  it('records while a cluster runs, keeps what fits and forgets the cluster before', async () => {
    const clock = new SimulatedClock()
    const session = new SwitchedSession()
    let cpuMs = 0
    const recorder = new ClusterMetricsRecorder({
      clock,
      session,
      hostFigures: () => ({ residentBytes: 1, heapUsedBytes: 2, cpuMs: (cpuMs += INTERVAL_MS / 4) }),
    })
    const told: MetricsSample[] = []
    recorder.onSample((sample) => told.push(sample))
    await clock.advance(10 * INTERVAL_MS)
    expect(told).toEqual([])

    session.metrics = () => Promise.resolve(create(GetMetricsResponseSchema, { regionCount: 7n }))
    session.become('running')
    await clock.advance(2 * INTERVAL_MS)
    expect(told).toHaveLength(2)
    expect(told[1]).toMatchObject({ intervalMs: INTERVAL_MS, host: { cpuShare: 0.25 } })
    expect(told[1]?.stores[0]).toMatchObject({ storeId: 20_001, raft: { regionCount: 7, committedPerSecond: 0 } })
    session.metrics = () => Promise.reject(new Error('gone'))
    await clock.advance(INTERVAL_MS)
    expect(told[2]?.stores).toEqual([])

    await clock.advance(KEPT_SAMPLES * INTERVAL_MS)
    expect(recorder.history().samples).toHaveLength(KEPT_SAMPLES)
    expect(recorder.history().samples.at(-1)).toBe(told.at(-1))
    session.become('closed')
    const count = told.length
    await clock.advance(10 * INTERVAL_MS)
    expect(told).toHaveLength(count)
    session.become('running')
    expect(recorder.history().samples).toEqual([])
    recorder.close()
    await clock.advance(10 * INTERVAL_MS)
    expect(told).toHaveLength(count)
  })
})
