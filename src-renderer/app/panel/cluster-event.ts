import type { ClusterOverview, RegionTile } from '../../../src-main/client/views/overview'
import type { ClusterNodeState } from '../../../src-main/sandbox/cluster/cluster-events'
import type { SessionView } from '../../../src-main/sandbox/session/session-view'
import type { Entity } from '../navigation/entity'

/** Something that happened to the cluster. The words are made when it is shown. */
export interface ClusterEvent {
  readonly what:
    | { readonly kind: 'phase'; readonly phase: SessionView['phase'] }
    | { readonly kind: 'node'; readonly name: string; readonly state: ClusterNodeState }
    | { readonly kind: 'linkCut' | 'linkHealed' | 'linkPrompt'; readonly from: number; readonly to: number }
    | { readonly kind: 'linkDelayed'; readonly from: number; readonly to: number; readonly delayMs: number }
    | { readonly kind: 'warning'; readonly message: string }
    | { readonly kind: 'coordinatorLeader' | 'noCoordinatorLeader' }
    | { readonly kind: 'storeSilent' | 'storeAnswers' | 'storeJoined' }
    | { readonly kind: 'regionLeader'; readonly storeId: number; readonly term: number | undefined }
    | { readonly kind: 'regionNoLeader' | 'regionCreated' | 'regionGone' | 'regionMoved' }
    | { readonly kind: 'manyRegions'; readonly count: number }
  /** `person`: somebody did it. `alarm`: it needs somebody. */
  readonly tone: 'plain' | 'person' | 'alarm'
  readonly entity: Entity | undefined
}

const event = (
  what: ClusterEvent['what'],
  entity: Entity | undefined = undefined,
  tone: ClusterEvent['tone'] = 'plain',
): ClusterEvent => ({ what, tone, entity })

/** More changes of regions in one overview are told as one. */
const MOST_TOLD = 24

/** States in which a node is because somebody wanted it. */
export const STATES_BY_PERSON: readonly ClusterNodeState[] = ['stopped', 'killed', 'paused', 'stopping']

/** What happened between two tellings of the session. */
export function sessionEvents(before: SessionView | undefined, now: SessionView): readonly ClusterEvent[] {
  const events: ClusterEvent[] = []
  if (before === undefined) return events
  const isOther = before.workspace?.directory !== now.workspace?.directory
  if (before.phase !== now.phase) {
    const failed = now.phase === 'closed' && now.error !== undefined
    events.push(event({ kind: 'phase', phase: now.phase }, undefined, failed ? 'alarm' : 'plain'))
  }
  const statesBefore = new Map(isOther ? [] : before.nodes.map(({ nodeId, state }) => [nodeId, state]))
  for (const { nodeId, role, name, state } of now.nodes) {
    const stateBefore = statesBefore.get(nodeId)
    if (stateBefore === undefined || stateBefore === state) continue
    const entity: Entity = role === 'store' ? { kind: 'store', storeId: nodeId } : { kind: 'coordinator', nodeId }
    const isWanted = now.phase === 'running' && STATES_BY_PERSON.includes(state)
    events.push(
      event({ kind: 'node', name, state }, entity, state === 'failed' ? 'alarm' : isWanted ? 'person' : 'plain'),
    )
  }
  events.push(...linkEvents(isOther ? undefined : before, now))
  const lastWarning = before.warnings.at(-1)?.atMs ?? -1
  for (const { atMs, warning } of isOther ? [] : now.warnings) {
    if (atMs > lastWarning) events.push(event({ kind: 'warning', message: warning.message }))
  }
  return events
}

/** What a person did to links. @param before undefined if that was another cluster */
function linkEvents(before: SessionView | undefined, now: SessionView): readonly ClusterEvent[] {
  const events: ClusterEvent[] = []
  const linkWord = ({ from, to }: { readonly from: number; readonly to: number }) => `${from}-${to}`
  const cutBefore = new Set(before?.cutLinks.map(linkWord))
  const cutNow = new Set(now.cutLinks.map(linkWord))
  for (const link of now.cutLinks) {
    if (!cutBefore.has(linkWord(link))) events.push(event({ kind: 'linkCut', ...link }, undefined, 'person'))
  }
  for (const link of before?.cutLinks ?? []) {
    if (!cutNow.has(linkWord(link))) events.push(event({ kind: 'linkHealed', ...link }, undefined, 'person'))
  }
  const delaysBefore = new Map(before?.delayedLinks.map((link) => [linkWord(link), link.delayMs]))
  for (const link of now.delayedLinks) {
    if (delaysBefore.get(linkWord(link)) !== link.delayMs) {
      events.push(event({ kind: 'linkDelayed', ...link }, undefined, 'person'))
    }
  }
  const delayedNow = new Set(now.delayedLinks.map(linkWord))
  for (const { from, to } of before?.delayedLinks ?? []) {
    if (!delayedNow.has(linkWord({ from, to })))
      events.push(event({ kind: 'linkPrompt', from, to }, undefined, 'person'))
  }
  return events
}

/**
 * What happened between two overviews of the same cluster.
 *
 * @param isDown whether a person has taken a node down, so that its silence is no surprise
 */
export function overviewEvents(
  before: ClusterOverview,
  now: ClusterOverview,
  isDown: (nodeId: number) => boolean,
): readonly ClusterEvent[] {
  return [...coordinatorEvents(before, now), ...storeEvents(before, now, isDown), ...regionEvents(before, now)]
}

function coordinatorEvents(before: ClusterOverview, now: ClusterOverview): readonly ClusterEvent[] {
  const leaderOf = ({ coordinators }: ClusterOverview) => coordinators.find(({ isLeader }) => isLeader)?.nodeId
  const [leaderBefore, leader] = [leaderOf(before), leaderOf(now)]
  if (leader === leaderBefore) return []
  if (leader === undefined) return [event({ kind: 'noCoordinatorLeader' }, undefined, 'alarm')]
  return [event({ kind: 'coordinatorLeader' }, { kind: 'coordinator', nodeId: leader })]
}

function storeEvents(
  before: ClusterOverview,
  now: ClusterOverview,
  isDown: (nodeId: number) => boolean,
): readonly ClusterEvent[] {
  const answered = new Map(before.stores.map(({ storeId, answers }) => [storeId, answers]))
  return now.stores.flatMap(({ storeId, answers }) => {
    const entity: Entity = { kind: 'store', storeId }
    const answeredBefore = answered.get(storeId)
    if (answeredBefore === undefined) return [event({ kind: 'storeJoined' }, entity)]
    if (answeredBefore === answers) return []
    return [
      event({ kind: answers ? 'storeAnswers' : 'storeSilent' }, entity, answers || isDown(storeId) ? 'plain' : 'alarm'),
    ]
  })
}

function regionEvents(before: ClusterOverview, now: ClusterOverview): readonly ClusterEvent[] {
  const tilesBefore = new Map(before.tiles.map((tile) => [tile.regionId, tile]))
  const events: ClusterEvent[] = []
  for (const tile of now.tiles) {
    events.push(...tileEvents(tilesBefore.get(tile.regionId), tile))
    tilesBefore.delete(tile.regionId)
  }
  for (const { regionId } of tilesBefore.values())
    events.push(event({ kind: 'regionGone' }, { kind: 'region', regionId }))
  return events.length > MOST_TOLD ? [event({ kind: 'manyRegions', count: events.length })] : events
}

function tileEvents(before: RegionTile | undefined, now: RegionTile): readonly ClusterEvent[] {
  const entity: Entity = { kind: 'region', regionId: now.regionId }
  if (before === undefined) return [event({ kind: 'regionCreated' }, entity)]
  if (before.leaderStoreId !== now.leaderStoreId) {
    if (now.leaderStoreId === undefined) return [event({ kind: 'regionNoLeader' }, entity, 'alarm')]
    return [event({ kind: 'regionLeader', storeId: now.leaderStoreId, term: now.term }, entity)]
  }
  return String(before.storeIds) === String(now.storeIds) ? [] : [event({ kind: 'regionMoved' }, entity)]
}
