import type { ClusterClient } from '../../client/cluster-client'
import { addressOf } from '../../client/cluster-client'
import type { Region, Store } from '../../client/messages'
import { ReplicaStatus, StoreState } from '../../client/messages'
import type { Command } from './command'
import { withClient } from './connection'
import { exitStatus } from './exit-status'
import { clusterOptions } from './option'
import { jsonLine } from './output'
import { stateName } from './shapes'
import { textTable } from './text-table'

export const statusCommand: Command = {
  path: ['status'],
  words: '',
  summary: 'show the nodes of the cluster and how its regions are',
  options: clusterOptions,
  async run(options, world) {
    options.expectWords()
    return withClient(world, options, 'reads', async (client) => {
      const status = await readStatus(client, world.signal)
      await world.output.write(options.flag('json') ? jsonLine(status) : `${statusText(status)}\n`)
      return exitStatus.ok
    })
  },
}

async function readStatus(client: ClusterClient, signal: AbortSignal) {
  const [coordinators, storeMap, regions] = await Promise.all([
    client.inspection.coordinatorMap({ signal }),
    client.inspection.storeMap({ signal }),
    client.regions.list({ signal }),
  ])
  const leader = addressOf(coordinators.leaderLocation)
  const addresses = coordinators.coordinatorLocations.map((location) => addressOf(location) ?? '')
  return {
    coordinators: addresses.map((address) => ({ address, leader: address === leader })),
    stores: (storeMap?.stores ?? []).map((store) => storeStatus(store, regions)),
    regions: {
      total: regions.length,
      withoutLeader: regions.filter((region) => region.leaderStoreId === 0n).length,
      degraded: regions.filter((region) => isDegraded(region)).length,
      states: countBy(regions, (region) => stateName(region.state)),
    },
  }
}

type ClusterStatus = Awaited<ReturnType<typeof readStatus>>

function storeStatus(store: Store, regions: readonly Region[]) {
  return {
    id: store.id,
    state: StoreState[store.state]?.replace('STORE_', '') ?? String(store.state),
    server: addressOf(store.serverLocation) ?? null,
    raft: addressOf(store.raftLocation) ?? null,
    regions: regions.filter(({ definition }) => definition?.peers.some((peer) => peer.storeId === store.id)).length,
    leaders: regions.filter((region) => region.leaderStoreId === store.id).length,
  }
}

function isDegraded({ status }: Region): boolean {
  const replicas = status?.replicaStatus
  return replicas === ReplicaStatus.REPLICA_DEGRAED || replicas === ReplicaStatus.REPLICA_UNAVAILABLE
}

function countBy<Item>(items: readonly Item[], nameOf: (item: Item) => string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const item of items) counts[nameOf(item)] = (counts[nameOf(item)] ?? 0) + 1
  return counts
}

function statusText({ coordinators, stores, regions }: ClusterStatus): string {
  const coordinatorRows = coordinators.map(({ address, leader }) => [address, leader ? 'leader' : ''])
  const storeRows = stores.map((store) => [
    String(store.id),
    store.state,
    store.server ?? '',
    store.raft ?? '',
    String(store.regions),
    String(store.leaders),
  ])
  const states = Object.entries(regions.states).map(([state, count]) => `${String(count)} ${state}`)
  return [
    textTable(['COORDINATOR', ''], coordinatorRows),
    '',
    textTable(['STORE', 'STATE', 'SERVER', 'RAFT', 'REGIONS', 'LEADERS'], storeRows),
    '',
    `Regions: ${states.join(', ') || 'none'}; ${String(regions.withoutLeader)} without a leader, ${String(regions.degraded)} degraded`,
  ].join('\n')
}
