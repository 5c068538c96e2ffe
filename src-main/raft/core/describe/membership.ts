import type { ConfChange, ConfChangeSingle, ConfChangeType } from '../model/conf-change'
import type { ConfState } from '../model/conf-state'
import type { NodeId } from '../model/node-id'
import type { Configuration } from '../tracker/configuration'
import { isJoint } from '../tracker/configuration'
import type { Progress } from '../tracker/progress'
import { describeIdSet } from './node-id'
import { quoteBytes } from './quote'

const changeLetters: Readonly<Record<ConfChangeType, string>> = {
  ConfChangeAddNode: 'v',
  ConfChangeRemoveNode: 'r',
  ConfChangeUpdateNode: 'u',
  ConfChangeAddLearnerNode: 'l',
}

/**
 * Who votes and who learns: `voters=(1 2)&&(1) learners=(3) learners_next=(4) autoleave`, leaving out what is empty.
 */
export function describeConfiguration(configuration: Configuration): string {
  const { voters, learners, learnersNext, autoLeave } = configuration
  let text = `voters=${describeIdSet(voters.incoming)}`
  if (isJoint(configuration)) text += `&&${describeIdSet(voters.outgoing)}`
  if (learners.length > 0) text += ` learners=${describeIdSet(learners)}`
  if (learnersNext.length > 0) text += ` learners_next=${describeIdSet(learnersNext)}`
  return autoLeave ? `${text} autoleave` : text
}

/** How far a leader is with one member: `StateReplicate match=4 next=6 inflight=1`. */
export function describeProgress(progress: Progress): string {
  let text = `${progress.state} match=${progress.match} next=${progress.next}`
  if (progress.isLearner) text += ' learner'
  if (progress.paused) text += ' paused'
  if (progress.pendingSnapshot > 0) text += ` pendingSnap=${progress.pendingSnapshot}`
  if (!progress.recentActive) text += ' inactive'
  if (progress.inflightCount > 0) {
    text += ` inflight=${progress.inflightCount}${progress.inflightFull ? '[full]' : ''}`
  }
  return text
}

/** One line `id: progress` for each member, in order of ids, each ended by a line break. */
export function describeProgressMap(members: ReadonlyMap<NodeId, Progress>): string {
  return [...members]
    .sort(([left], [right]) => left - right)
    .map(([id, progress]) => `${id}: ${describeProgress(progress)}\n`)
    .join('')
}

/** A stored membership in one line, with every list even if empty. */
export function describeConfState(state: ConfState): string {
  const list = (ids: readonly NodeId[]) => `[${ids.join(' ')}]`
  return (
    `Voters:${list(state.voters)} VotersOutgoing:${list(state.votersOutgoing)} ` +
    `Learners:${list(state.learners)} LearnersNext:${list(state.learnersNext)} AutoLeave:${state.autoLeave}`
  )
}

/** The steps of a change in short: `v1 l2 r3 u4` for voter, learner, removed, updated. */
export function describeConfChanges(changes: readonly ConfChangeSingle[]): string {
  return changes.map(({ type, nodeId }) => `${changeLetters[type]}${nodeId}`).join(' ')
}

/** A whole change with the names of its fields, as log lines show it. */
export function describeConfChange(change: ConfChange): string {
  const fields: string[] = []
  if (change.version === 1) {
    fields.push(`type:${change.type}`, `node_id:${change.nodeId}`)
  } else {
    fields.push(`transition:${change.transition}`)
    for (const { type, nodeId } of change.changes) fields.push(`changes:{type:${type} node_id:${nodeId}}`)
  }
  if (change.context.length > 0) fields.push(`context:${quoteBytes(change.context)}`)
  return fields.join(' ')
}
