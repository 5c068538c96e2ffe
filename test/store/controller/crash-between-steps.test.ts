import { describe, expect, test } from 'vitest'
import type { RawEngine } from '../../../src-main/engine/raw'
import { RawMemEngine } from '../../../src-main/engine/raw/memory/raw-mem-engine'
import { simulatedEnv } from '../../../src-main/env/simulated'
import { StoreRegionState } from '../../../src-main/rpc/generated/dingodb/common_pb'
import type { RegionCmd } from '../../../src-main/rpc/generated/dingodb/coordinator_pb'
import type { FakeEngineFiles } from '../../support/fake-engine'
import { createCommand, deleteCommand, monoDefinition, STORE } from '../support/region-messages'
import type { TestStore } from '../support/test-store'
import { families, newStore, until } from '../support/test-store'

const REGION = 7
const monoRegion = { id: REGION, definition: monoDefinition(REGION) }

/** Stops everything that comes to the point of that number, for ever: as a process that dies there. */
class CrashPoint {
  count = 0
  isReached = false
  readonly at: number

  constructor(at: number) {
    this.at = at
  }

  async pass(): Promise<void> {
    this.count += 1
    if (this.count === this.at) this.isReached = true
    if (this.isReached) await new Promise(() => undefined)
  }
}

/** A raw engine with a point before and behind each write and each flush. */
function withPoints(engine: RawEngine, point: CrashPoint): RawEngine {
  const between = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    await point.pass()
    const result = await work()
    await point.pass()
    return result
  }
  return new Proxy(engine, {
    get(target, name) {
      if (name === 'write') return (...args: Parameters<RawEngine['write']>) => between(() => target.write(...args))
      if (name === 'flush') return () => between(() => target.flush())
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}

const openOnDisk = (store: ReturnType<typeof simulatedEnv>) =>
  RawMemEngine.open({
    columnFamilies: families,
    storage: { disk: store.node('store').env.disk, directory: '/data' },
  })

interface Rest {
  /** What the coordinator was told before the crash: whether the command was taken. */
  readonly isAnswered: boolean
  readonly isReached: boolean
  readonly store: TestStore
  /** Regions whose replica came up in the new process without the log that the old one had. */
  readonly broughtUpWithoutLog: readonly number[]
}

/** Runs a command that is interrupted at a point, and starts the store anew. */
async function interrupt(command: RegionCmd, at: number, losesPower: boolean, before?: RegionCmd): Promise<Rest> {
  const simulation = simulatedEnv({ seed: 1 })
  simulation.addNode('store')
  const files: FakeEngineFiles = { logs: new Set(), data: new Set() }
  const rawEngine = await openOnDisk(simulation)
  const point = new CrashPoint(at)
  const points = { active: before === undefined }
  const pass = (): Promise<void> => (points.active ? point.pass() : Promise.resolve())
  const first = await newStore(
    { simulation, files, rawEngine: withPoints(rawEngine, { pass } as CrashPoint) },
    { engine: { before: pass }, commandObserver: { stage: pass } },
  )
  await first.node.start()
  if (before !== undefined) {
    await first.node.controller.take([before])
    await until(first, () => first.node.controller.underWay.length === 0)
    await rawEngine.flush()
    points.active = true
  }
  let isAnswered = false
  void first.node.controller.take([command]).then(() => (isAnswered = true))
  const isDone = () => isAnswered && first.node.controller.underWay.length === 0
  await until(first, () => point.isReached || isDone())
  first.node.silence()
  if (losesPower) simulation.node('store').crash()
  else {
    await rawEngine.close()
    simulation.node('store').kill()
  }
  simulation.node('store').start()
  const broughtUpWithoutLog: number[] = []
  const noteAdditions = (operation: string, regionId: number): void => {
    if (operation === 'addRegion' && !files.logs.has(regionId)) broughtUpWithoutLog.push(regionId)
  }
  const store = await newStore(
    { simulation, files, rawEngine: await openOnDisk(simulation) },
    { engine: { before: noteAdditions } },
  )
  await store.node.start()
  return { isAnswered, isReached: point.isReached, store, broughtUpWithoutLog }
}

/** Goes through all points at which a command can be interrupted. */
async function atEveryPoint(
  newCommand: () => readonly [RegionCmd, RegionCmd?],
  losesPower: boolean,
  check: (rest: Rest, command: RegionCmd) => Promise<void>,
): Promise<number> {
  for (let at = 1; ; at += 1) {
    const [command, before] = newCommand()
    const rest = await interrupt(command, at, losesPower, before)
    // The coordinators send a command again until it is answered.
    if (!rest.isAnswered) await rest.store.node.controller.take([command])
    await until(rest.store, () => rest.store.node.controller.underWay.length === 0)
    await check(rest, command)
    await rest.store.node.stop()
    if (!rest.isReached) return at - 1
  }
}

describe.each([
  ['the process dies', false],
  ['the power is lost', true],
])('wherever %s', (_, losesPower) => {
  test('a creation is completed', async () => {
    const points = await atEveryPoint(
      () => [createCommand(REGION)],
      losesPower,
      ({ store }) => {
        expect(store.node.regions.find(REGION)?.peerState).toBe(StoreRegionState.NORMAL)
        expect(store.engine.status(REGION)).toBeDefined()
        expect(store.failures).toEqual([])
        return Promise.resolve()
      },
    )
    expect(points).toBeGreaterThan(10)
  })

  test('the creation of a region with one replica is completed', async () => {
    const points = await atEveryPoint(
      () => [createCommand(REGION, monoDefinition(REGION))],
      losesPower,
      ({ store }) => {
        const region = store.node.regions.find(REGION)
        expect(region).toMatchObject({ peerState: StoreRegionState.NORMAL, leaderStoreId: STORE })
        expect(region && store.node.storage.statusOf(region)).toBeDefined()
        expect([store.engine.operations, store.failures]).toEqual([[], []])
        return Promise.resolve()
      },
    )
    expect(points).toBeGreaterThan(10)
  })

  test('the deletion of a region with one replica is completed', async () => {
    const points = await atEveryPoint(
      () => [deleteCommand(REGION), createCommand(REGION, monoDefinition(REGION))],
      losesPower,
      ({ store }) => {
        expect(store.node.meta.regions.isDeleted(REGION)).toBe(true)
        expect(store.node.storage.statusOf(monoRegion)).toBeUndefined()
        expect(store.failures).toEqual([])
        return Promise.resolve()
      },
    )
    expect(points).toBeGreaterThan(10)
  })

  test('a deletion is completed, and no replica comes up without its log', async () => {
    const points = await atEveryPoint(
      () => [deleteCommand(REGION), createCommand(REGION)],
      losesPower,
      async ({ store, broughtUpWithoutLog }) => {
        expect(store.node.regions.find(REGION)).toBeUndefined()
        expect(store.node.meta.regions.isDeleted(REGION)).toBe(true)
        expect(store.engine.status(REGION)).toBeUndefined()
        expect([...store.files.data]).toEqual([])
        expect([...store.files.logs]).toEqual([])
        expect(broughtUpWithoutLog).toEqual([])
        // And no command brings it back.
        const [answer] = await store.node.controller.take([createCommand(REGION)])
        expect(answer?.refusal?.details).toMatchObject({ name: 'EREGION_DELETED' })
      },
    )
    expect(points).toBeGreaterThan(10)
  })
})
