import { shallowRef, watch } from 'vue'
import type { SerializedSandboxError } from '../../../src-main/base/sandbox-error'
import type { KeyView } from '../../../src-main/client/views/key-view'
import type { ValueView } from '../../../src-main/client/views/keyspace'
import type { CoordinatorView, StoreView } from '../../../src-main/client/views/overview'
import type { RaftLogEntryDetail } from '../../../src-main/client/views/raft-log'
import type { JobDetail } from '../../../src-main/client/views/job-detail'
import type { RegionDetail } from '../../../src-main/client/views/region-detail'
import type { TableDetail } from '../../../src-main/client/views/tables'
import type { ClusterNodeInfo } from '../../../src-main/sandbox/cluster/cluster-events'
import { toDoorError, useDoorClient } from '../../data/door-client'
import type { DoorClient } from '../../data/door-client'
import { NewestQuestion } from '../../data/newest-question'
import { useOverviewStore } from '../../data/overview-store'
import { useSessionStore } from '../../data/session-store'
import type { Entity } from '../navigation/entity'
import { entityWord } from '../navigation/entity'

/** What is known of the entity that is inspected. */
export type Inspected =
  | { readonly kind: 'store'; readonly store: StoreView | undefined; readonly node: ClusterNodeInfo | undefined }
  | {
      readonly kind: 'coordinator'
      readonly coordinator: CoordinatorView | undefined
      readonly node: ClusterNodeInfo | undefined
    }
  | { readonly kind: 'region'; readonly detail: RegionDetail }
  | { readonly kind: 'table'; readonly detail: TableDetail }
  | { readonly kind: 'key'; readonly key: KeyView; readonly value: ValueView }
  | { readonly kind: 'entry'; readonly entry: RaftLogEntryDetail; readonly regionId: number; readonly storeId: number }
  | { readonly kind: 'job'; readonly job: JobDetail }

/** Asks for what is not known from events already. */
async function ask(client: DoorClient, entity: Entity): Promise<Inspected | undefined> {
  switch (entity.kind) {
    case 'region':
      return { kind: 'region', detail: await client.inspection.regionDetail.query({ regionId: entity.regionId }) }
    case 'table':
      return { kind: 'table', detail: await client.tables.detail.query({ tableId: entity.tableId }) }
    case 'key': {
      const key = { kind: 'raw', hex: entity.hex } as const
      const [view, value] = await Promise.all([
        client.keyspace.resolve.query({ key }),
        client.keyspace.value.query({ key }),
      ])
      return { kind: 'key', key: view, value }
    }
    case 'entry': {
      const { regionId, storeId, index } = entity
      const entry = await client.inspection.raftLogEntry.query({ regionId, storeId, index })
      return { kind: 'entry', entry, regionId, storeId }
    }
    case 'job':
      return { kind: 'job', job: await client.inspection.job.query({ jobId: entity.jobId }) }
    default:
      return undefined
  }
}

/** Follows an entity: reads it when it is chosen, and again when an overview tells something else of it. */
export function useInspected(entity: () => Entity | undefined) {
  const client = useDoorClient()
  const overview = useOverviewStore()
  const session = useSessionStore()
  const answer = shallowRef<Inspected>()
  const error = shallowRef<SerializedSandboxError>()
  const isLoading = shallowRef(false)
  const question = new NewestQuestion()

  function nodeOf(nodeId: number): ClusterNodeInfo | undefined {
    return session.view?.nodes.find((node) => node.nodeId === nodeId)
  }

  async function load(): Promise<void> {
    const counts = question.ask()
    const asked = entity()
    if (asked === undefined || asked.kind === 'store' || asked.kind === 'coordinator' || !session.isRunning) {
      isLoading.value = false
      return
    }
    isLoading.value = true
    try {
      const found = await ask(client, asked)
      if (!counts()) return
      answer.value = found
      error.value = undefined
    } catch (thrown) {
      if (counts()) error.value = toDoorError(thrown)
    } finally {
      if (counts()) isLoading.value = false
    }
  }

  /** Nodes are told by events, so they need no question. */
  function inspected(): Inspected | undefined {
    const now = entity()
    switch (now?.kind) {
      case 'store':
        return { kind: 'store', store: overview.storesById.get(now.storeId), node: nodeOf(now.storeId) }
      case 'coordinator': {
        const coordinator = overview.overview?.coordinators.find(({ nodeId }) => nodeId === now.nodeId)
        return { kind: 'coordinator', coordinator, node: nodeOf(now.nodeId) }
      }
      default:
        return answer.value
    }
  }

  watch(
    () => {
      const now = entity()
      return [now === undefined ? '' : entityWord(now), session.isRunning, session.generation] as const
    },
    ([word], before) => {
      if (word !== before?.[0]) {
        answer.value = undefined
        error.value = undefined
      }
      void load()
    },
    { immediate: true },
  )
  watch(
    () => {
      const now = entity()
      if (now?.kind === 'region') {
        return JSON.stringify(overview.overview?.tiles.find(({ regionId }) => regionId === now.regionId))
      }
      // No event tells of jobs, but what one does shows in the picture.
      const isUnderWay = now?.kind === 'job' && answer.value?.kind === 'job' && !answer.value.job.isFinished
      return isUnderWay ? String(overview.overview?.takenAtMs) : undefined
    },
    (sign, before) => {
      if (before !== undefined && sign !== undefined) void load()
    },
  )

  return { inspected, error, isLoading, load }
}
