import { randomBytes } from 'node:crypto'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EngineContext } from '../../../src-main/engine/engine-context'
import { RawWriteBatch } from '../../../src-main/engine/raw/raw-write-batch'
import { openStores } from './raft-stores'

// Puts and gets through RaftKvEngine with three replicas in this process, on the machine's disk, beside bare write +
// fdatasync and the raw engine alone. Options: --seconds <of each measurement>, --json.

const VALUE_BYTES = 256
const KEYS = 50_000
const UNDER_WAY = [1, 64, 512]

interface Measurement {
  readonly what: string
  readonly underWay: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

const value = randomBytes(VALUE_BYTES)
const keys = Array.from({ length: KEYS }, (_, number) => Buffer.from(`key ${String(number).padStart(8, '0')}`))
const randomKey = () => keys[Math.floor(Math.random() * KEYS)] as Uint8Array

export async function main(args: readonly string[]): Promise<number> {
  const seconds = args.includes('--seconds') ? Number(args[args.indexOf('--seconds') + 1]) : 3
  const root = await mkdtemp(join(tmpdir(), 'bench-engine-'))
  const { stores, close } = await openStores(root)
  const region = {
    id: 1,
    epoch: { confVersion: 1, version: 1 },
    range: { startKey: Buffer.from('key'), endKey: Buffer.from('kez') },
    state: { name: 'NORMAL', mayApply: true },
  }
  const context: EngineContext = { regionId: 1, epoch: region.epoch }
  await Promise.all(stores.map(({ engine }) => engine.addRegion(region, { voters: [1, 2, 3], learners: [] })))
  const [leader] = stores
  if (leader === undefined) return 1
  // Replicas do not ask by themselves before their election timeout, and then any of them may lead.
  leader.engine.campaign(1)
  while (leader.engine.status(1)?.raftState !== 'STATE_LEADER') await new Promise((resolve) => setTimeout(resolve, 5))
  const put = async (key: Uint8Array) => {
    await leader.engine.write(context, { datums: [{ kind: 'put', entries: [{ key, value }] }] })
  }
  const get = (mode: EngineContext['readMode']) => async (key: Uint8Array) => {
    const found = await (await leader.engine.newReader({ ...context, readMode: mode })).kvGet(key)
    if (found?.length !== VALUE_BYTES) throw new Error('A key that was put is not there.')
  }
  const compareAndSet = async (key: Uint8Array) => {
    const entries = [{ key, value }]
    const datum = { kind: 'compare-and-set' as const, entries, expectedValues: [value], isAtomic: false }
    const { keyStates } = await leader.engine.write(context, { datums: [datum] })
    if (keyStates[0] !== true) throw new Error('A value that was put is not the one that is there.')
  }
  const bare = await open(join(root, 'bare'), 'w')
  const bareRecord = randomBytes(VALUE_BYTES + 64)
  const rawPut = (key: Uint8Array) => leader.rawEngine.write(new RawWriteBatch().put(key, value, 'data'))

  const found: Measurement[] = []
  try {
    for (let from = 0; from < KEYS; from += 500) {
      const entries = keys.slice(from, from + 500).map((key) => ({ key, value }))
      await leader.engine.write(context, { datums: [{ kind: 'put', entries }] })
    }
    found.push(
      await measure('bare write + fdatasync', 1, seconds, async () => {
        await bare.write(bareRecord)
        await bare.datasync()
      }),
    )
    for (const underWay of UNDER_WAY) {
      found.push(await measure('raw engine: put', underWay, seconds, rawPut))
      found.push(await measure('RaftKvEngine: put', underWay, seconds, put))
      found.push(await measure('RaftKvEngine: compare and set', underWay, seconds, compareAndSet))
      found.push(
        await measure('RaftKvEngine: get, read-index', underWay, seconds, () => get('read-index')(randomKey())),
      )
      found.push(await measure('RaftKvEngine: get, leader', underWay, seconds, () => get('leader')(randomKey())))
    }
  } finally {
    await bare.close()
    await close()
    await rm(root, { recursive: true, force: true })
  }
  if (args.includes('--json')) console.log(JSON.stringify(found, null, 2))
  else show(found)
  return 0
}

async function measure(
  what: string,
  underWay: number,
  seconds: number,
  work: (key: Uint8Array) => Promise<unknown>,
): Promise<Measurement> {
  const latencies: number[] = []
  const loop = async (until: number, keep: boolean) => {
    for (let start = performance.now(); start < until; start = performance.now()) {
      await work(randomKey())
      if (keep) latencies.push(performance.now() - start)
    }
  }
  const run = (ms: number, keep: boolean) => {
    const until = performance.now() + ms
    return Promise.all(Array.from({ length: underWay }, () => loop(until, keep)))
  }
  await run(300, false)
  const start = performance.now()
  await run(seconds * 1000, true)
  const ms = performance.now() - start
  latencies.sort((left, right) => left - right)
  const at = (part: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * part))] ?? 0
  return { what, underWay, perSecond: (latencies.length * 1000) / ms, p50Ms: at(0.5), p99Ms: at(0.99) }
}

function show(found: readonly Measurement[]): void {
  console.table(
    found.map(({ what, underWay, perSecond, p50Ms, p99Ms }) => ({
      what,
      'under way': underWay,
      '/s': Math.round(perSecond),
      'p50 ms': p50Ms.toFixed(2),
      'p99 ms': p99Ms.toFixed(2),
    })),
  )
}
