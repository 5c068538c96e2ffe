import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { bareDisk, rawEngine } from './baselines'
import type { DingoCluster, RegionTarget } from './dingo'
import { coreShare, createRegions, residentMiB, startDingo, targetOf } from './dingo'
import { startEmptyServer } from './empty-server'
import type { EtcdCluster } from './etcd'
import { findEtcd, startEtcd } from './etcd'
import type { LoadOrder, LoadResult } from './load'
import { load } from './load'
import { loadInProcess } from './load-process'
import type { Measurement, Report } from './report'
import { show } from './report'

// A cluster of 3 coordinators and 3 stores over gRPC, beside an etcd of three members, an empty handler, the raw engine and
// the bare disk, all in one run and in turns. Options: --rounds, --measure-ms, --mount, --threads, --json, --idle-ms.

const UNDER_WAY = [1, 64, 512] as const
const OPERATIONS = ['put', 'get'] as const
const VALUE_BYTES = 256
const KEY_COUNT = 4_000
/** Regions of the cluster whose start, memory and idle cost are measured. */
const REGION_COUNT = 30
/** Bytes that a record of the log takes around a value of 256 bytes, roughly: key, message and header. */
const RECORD_BYTES = VALUE_BYTES + 160
const WARM_UP_MS = 700
/** How long every server is loaded before anything is measured, in each way: what is compiled as it runs is compiled by then. */
const SERVER_WARM_UP_MS = 3_000
/** How long a cluster is left alone before its idle cost is first measured. */
const SETTLE_MS = 60_000
/**
 * And how long until V8 has nothing left to compile: what little runs in an idle cluster becomes warm slowly, in six threads
 * that each compile it for themselves.
 */
const STEADY_AFTER_MS = 240_000

export async function main(args: readonly string[]): Promise<number> {
  if (args[0] === 'load') {
    console.log(JSON.stringify(await load(JSON.parse(args[1] ?? '{}') as LoadOrder)))
    return 0
  }
  if (args[0] === 'empty-server') return startEmptyServer.serve()
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '3' },
      'measure-ms': { type: 'string', default: '3000' },
      'idle-ms': { type: 'string', default: '30000' },
      mount: { type: 'string', default: 'worker' },
      threads: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  })
  const directory = await mkdtemp(join(tmpdir(), 'bench-cluster-'))
  try {
    const report = await measure(directory, {
      rounds: Number(values.rounds),
      measureMs: Number(values['measure-ms']),
      idleMs: Number(values['idle-ms']),
      args: ['--mount', values.mount, ...(values.threads === undefined ? [] : ['--threads', values.threads])],
    })
    if (values.json) console.log(JSON.stringify(report, null, 2))
    else show(report)
    return 0
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

interface Options {
  readonly rounds: number
  readonly measureMs: number
  readonly idleMs: number
  /** Further ones of `dingo-sandbox cluster`. */
  readonly args: readonly string[]
}

async function measure(directory: string, options: Options): Promise<Report> {
  const { rounds, measureMs, args } = options
  let dingo = await startDingo(join(directory, 'dingo'), args)
  let etcd: EtcdCluster | undefined
  const empty = await startEmptyServer.start()
  try {
    const regionIds = await createRegions(
      dingo.client,
      Array.from({ length: REGION_COUNT }, (_, number) => number),
    )
    const footprint = await measureFootprint(dingo, options.idleMs)
    await dingo.stop()
    dingo = await startDingo(join(directory, 'dingo'), args)
    const reopenedMs = dingo.process.readyMs

    const version = await findEtcd()
    if (version !== undefined) {
      await mkdir(join(directory, 'etcd'))
      etcd = await startEtcd(join(directory, 'etcd'), version)
    }
    const region = await targetOf(dingo.client, regionIds[0] ?? 0)
    const subjects = subjectsOf(region, etcd, empty.address)
    for (const operation of OPERATIONS) {
      for (const { order } of subjects) {
        const whole = { operation, underWay: 64, keyCount: KEY_COUNT, valueBytes: VALUE_BYTES, ...order }
        await loadInProcess({ ...whole, warmUpMs: 0, measureMs: SERVER_WARM_UP_MS })
      }
    }
    const measurements: Measurement[] = []
    for (const operation of OPERATIONS) {
      for (const underWay of UNDER_WAY) {
        const results = new Map<string, LoadResult[]>(subjects.map(({ name }) => [name, []]))
        for (let round = 0; round < rounds; round += 1) {
          for (const { name, order } of subjects) {
            const whole = {
              operation,
              underWay,
              warmUpMs: WARM_UP_MS,
              measureMs,
              keyCount: KEY_COUNT,
              valueBytes: VALUE_BYTES,
            }
            results.get(name)?.push(await loadInProcess({ ...whole, ...order }))
          }
        }
        for (const [subject, found] of results) measurements.push({ subject, operation, underWay, results: found })
      }
    }
    const baselines = []
    for (const underWay of UNDER_WAY) {
      const bareDiskPuts = await bareDisk(directory, underWay, RECORD_BYTES, measureMs)
      const raw = await rawEngine(directory, underWay, { keyCount: KEY_COUNT, valueBytes: VALUE_BYTES, measureMs })
      baselines.push({ underWay, bareDiskPuts, rawPuts: raw.put, rawGets: raw.get })
    }
    return { etcdVersion: version, footprint: { ...footprint, reopenedMs }, measurements, baselines }
  } finally {
    await etcd?.stop()
    empty.stop()
    await dingo.stop()
  }
}

async function measureFootprint(dingo: DingoCluster, idleMs: number) {
  const { pid, readyMs } = dingo.process
  // What creation and start-up left to do is over before the rest is watched, and so is compiling what has just become warm.
  await sleep(SETTLE_MS)
  const earlyIdlePercent = await coreShare(pid, idleMs)
  await sleep(Math.max(0, STEADY_AFTER_MS - SETTLE_MS - idleMs))
  const idlePercent = await coreShare(pid, idleMs)
  return { readyMs, residentMiB: await residentMiB(pid), earlyIdlePercent, idlePercent, regionCount: REGION_COUNT }
}

function subjectsOf(region: RegionTarget, etcd: EtcdCluster | undefined, emptyAddress: string) {
  const subjects: Array<{ name: string; order: Pick<LoadOrder, 'dialect' | 'address' | 'target'> }> = [
    { name: 'sandbox', order: { dialect: 'dingo', ...region } },
  ]
  if (etcd !== undefined) subjects.push({ name: 'etcd', order: { dialect: 'etcd', address: etcd.leader, target: {} } })
  subjects.push({
    name: 'empty handler',
    order: { dialect: 'dingo', address: emptyAddress, target: { anyValue: 'yes' } },
  })
  return subjects
}
