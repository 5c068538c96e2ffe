import { SandboxError } from '../../base/sandbox-error'
import type { Peer } from '../../rpc/generated/dingodb/common_pb'
import { PeerRole } from '../../rpc/generated/dingodb/common_pb'
import type { ClusterClient } from '../cluster-client'
import { decodeKey } from './decode-key'
import { FollowerNames } from './follower-names'
import { formatLocation } from './format-location'
import { coordinatorFields, differingFields } from './region-comparison'
import type { RegionDetail } from './region-detail'
import { jobsOf } from './region-jobs'
import { regionRow } from './region-row'
import type { FactsOfMaps } from './region-rows-reader'
import { inspectReplica } from './replica-inspection'
import { peerStates, regionStates } from './state-machines'

/** Ms that the coordinators may take to list their jobs. */
const TIMEOUT_MS = 3_000
const NO_BYTES = new Uint8Array(0)

/** Everything that is known of one region; its stores are asked at the same time. @throws SandboxError CLIENT_NOT_FOUND */
export async function readRegionDetail(
  { inspection }: ClusterClient,
  { facts, maps }: FactsOfMaps,
  regionId: number,
): Promise<RegionDetail> {
  const known = facts.find((each) => each.regionId === regionId)
  if (known === undefined) {
    const message = `The cluster has no region ${String(regionId)}: it was deleted, or never made.`
    throw new SandboxError('CLIENT_NOT_FOUND', message, { details: { regionId } })
  }
  const followers = new FollowerNames(maps.stores)
  const addresses = new Map(maps.stores.map(({ id, serverLocation }) => [id, formatLocation(serverLocation)]))
  const ask = ({ storeId, role, serverLocation }: Peer) =>
    inspectReplica(inspection, {
      regionId,
      storeId: Number(storeId),
      role: role === PeerRole.LEARNER ? 'learner' : 'voter',
      address: addresses.get(storeId) ?? formatLocation(serverLocation),
      names: maps.names,
      followers,
    })
  const { peers = [], range } = known.region.definition ?? {}
  const [replicas, jobs] = await Promise.all([
    Promise.all(peers.map(ask)),
    // Jobs are an addition: while the coordinators elect a leader, what the stores think still shows.
    inspection.jobs({ finished: true, timeoutMs: TIMEOUT_MS }).catch(() => []),
  ])
  const coordinator = coordinatorFields(known.region, maps.names)
  return {
    takenAtMs: maps.takenAtMs,
    row: regionRow(known, maps),
    startKey: decodeKey(range?.startKey ?? NO_BYTES, maps.names),
    endKey: decodeKey(range?.endKey ?? NO_BYTES, maps.names),
    coordinator,
    replicas: replicas.map(({ view }) => view),
    differing: differingFields(
      coordinator,
      replicas.map(({ view }) => view.fields),
    ),
    jobs: jobsOf(jobs, regionId),
    changes: replicas
      .flatMap(({ changes }) => changes)
      .sort((left, right) => (left.atMs ?? 0) - (right.atMs ?? 0) || left.storeId - right.storeId),
    regionStates,
    peerStates,
  }
}
