import { readFile } from 'node:fs/promises'
import type { ClusterClient } from '../../../src-main/client/cluster-client'
import { addressOf } from '../../../src-main/client/cluster-client'
import { connectToCluster } from '../../../src-main/client/connect'
import { realEnv } from '../../../src-main/env/real'
import type { ClusterProcess } from '../../support/cluster-process'
import { startCluster } from '../../support/cluster-process'

/** Our cluster, started as a person starts it. */
export interface DingoCluster {
  readonly process: ClusterProcess
  readonly client: ClusterClient
  stop(): Promise<void>
}

/** Where one region is served, as the load program needs it. */
export interface RegionTarget {
  readonly address: string
  readonly target: Readonly<Record<string, string>>
}

const PREFIX = Buffer.from('wbenchkey')

/** @param more options of `dingo-sandbox cluster`: where its nodes run */
export async function startDingo(directory: string, more: readonly string[]): Promise<DingoCluster> {
  const args = ['--coordinators', '3', '--stores', '3', '--engine', 'rocksdb', ...more]
  const process_ = await startCluster([...args, '--data-dir', directory], process.cwd())
  const client = connectToCluster(realEnv(), { coordinators: process_.ready.coordinators })
  return {
    process: process_,
    client,
    stop: async () => {
      await client.close()
      await process_.stop()
    },
  }
}

/** Makes a region of its own for every number, of three replicas, and waits for their leaders. */
export async function createRegions(client: ClusterClient, numbers: readonly number[]): Promise<number[]> {
  const bound = (number: number) => Buffer.concat([PREFIX, Buffer.of(number)])
  return Promise.all(
    numbers.map((number) =>
      client.regions.create({
        name: `bench-${String(number)}`,
        range: { startKey: bound(number), endKey: bound(number + 1) },
        replicas: 3,
      }),
    ),
  )
}

/** The leader of a region, and what its requests must carry. */
export async function targetOf(client: ClusterClient, regionId: number): Promise<RegionTarget> {
  const { definition, leaderStoreId } = await client.regions.get(regionId)
  const leader = definition?.peers.find(({ storeId }) => storeId === leaderStoreId)
  const address = addressOf(leader?.serverLocation)
  if (address === undefined || definition?.range === undefined)
    throw new Error(`Region ${String(regionId)} has no leader.`)
  return {
    address,
    target: {
      regionId: String(regionId),
      confVersion: String(definition.epoch?.confVersion ?? 1n),
      version: String(definition.epoch?.version ?? 1n),
      prefix: Buffer.from(definition.range.startKey).toString('hex'),
    },
  }
}

/** Resident memory of a process and all it started, in MiB. */
export async function residentMiB(pid: number): Promise<number> {
  let kib = 0
  for (const id of await withChildren(pid)) {
    kib += Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${String(id)}/status`, 'utf8'))?.[1] ?? 0)
  }
  return kib / 1024
}

/** Share of one core that a process and all it started use over a time, in percent. */
export async function coreShare(pid: number, overMs: number): Promise<number> {
  const before = await cpuTicks(pid)
  const begun = performance.now()
  await new Promise((resolve) => setTimeout(resolve, overMs))
  // The kernel counts in ticks of 10 ms (USER_HZ).
  return (((await cpuTicks(pid)) - before) * 10 * 100) / (performance.now() - begun)
}

async function cpuTicks(pid: number): Promise<number> {
  let ticks = 0
  for (const id of await withChildren(pid)) {
    const stat = await readFile(`/proc/${String(id)}/stat`, 'utf8')
    const [userTicks = '0', systemTicks = '0'] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13)
    ticks += Number(userTicks) + Number(systemTicks)
  }
  return ticks
}

async function withChildren(pid: number): Promise<number[]> {
  const children = await readFile(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8').catch(() => '')
  const below = await Promise.all(
    children
      .trim()
      .split(' ')
      .filter(Boolean)
      .map((child) => withChildren(Number(child))),
  )
  return [pid, ...below.flat()]
}
