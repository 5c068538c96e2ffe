import type { NodeId } from '../core/model/node-id'
import type { MemberStatus, RaftStatus } from '../core/status'
import type { PeerContacts } from './peer-contacts'
import type { RaftNodeState, RaftNodeStatus, RaftPeerStatus } from './raft-node-status'

/** How far the life of a node is; `running` shows the part that it plays instead. */
export type Lifecycle = 'running' | 'stopping' | 'stopped' | 'failed'

/** What a status is made of. */
export interface StatusSources {
  readonly lifecycle: Lifecycle
  readonly core: RaftStatus
  readonly electionTicks: number
  /** Proposals that are not answered. */
  readonly pendingProposals: number
  readonly applyingIndex: number
  readonly durableIndex: number
  readonly contacts: PeerContacts
}

/** A node in the terms of DingoDB's BRaftStatus. */
export function toRaftNodeStatus(sources: StatusSources): RaftNodeStatus {
  const { core } = sources
  const { log } = core
  const leads = core.role === 'StateLeader'
  const stable = new Map<NodeId, RaftPeerStatus>()
  const unstable = new Map<NodeId, RaftPeerStatus>()
  for (const member of core.members) {
    if (member.id === core.id) continue
    const peer = toPeerStatus(member, sources)
    const isStable = member.state === 'StateReplicate' && peer.valid
    ;(isStable ? stable : unstable).set(member.id, peer)
  }
  return {
    raftState: toRaftState(sources.lifecycle, core),
    peerId: core.id,
    leaderPeerId: core.leader,
    // braft's read-only mode refuses writes on one node by command; there is no such command here.
    readonly: false,
    term: core.term,
    committedIndex: log.committed,
    knownAppliedIndex: log.applied,
    pendingIndex: leads && log.lastIndex > log.committed ? log.committed + 1 : 0,
    pendingQueueSize: sources.pendingProposals,
    applyingIndex: sources.applyingIndex,
    firstIndex: log.firstIndex,
    lastIndex: log.lastIndex,
    diskIndex: sources.durableIndex,
    stableFollowers: stable,
    unstableFollowers: unstable,
  }
}

function toRaftState(lifecycle: Lifecycle, core: RaftStatus): RaftNodeState {
  switch (lifecycle) {
    case 'stopping':
      return 'STATE_SHUTTING'
    case 'stopped':
      return 'STATE_SHUTDOWN'
    case 'failed':
      return 'STATE_ERROR'
    case 'running':
      return toRoleState(core)
  }
}

function toRoleState({ role, leadTransferee, configuration }: RaftStatus): RaftNodeState {
  switch (role) {
    case 'StateLeader':
      return leadTransferee === 0 ? 'STATE_LEADER' : 'STATE_TRANSFERRING'
    case 'StateCandidate':
    case 'StatePreCandidate':
      return 'STATE_CANDIDATE'
    case 'StateFollower':
      // A node that nobody has told of its group yet.
      return configuration.voters.incoming.length === 0 ? 'STATE_UNINITIALIZED' : 'STATE_FOLLOWER'
  }
}

function toPeerStatus(member: MemberStatus, { contacts, electionTicks }: StatusSources): RaftPeerStatus {
  const silentTimeouts = Math.floor(contacts.silentTicks(member.id) / electionTicks)
  return {
    valid: silentTimeouts === 0,
    installingSnapshot: member.state === 'StateSnapshot',
    nextIndex: member.next,
    lastRpcSendTimestamp: contacts.sentAtMs(member.id),
    flyingAppendEntriesSize: member.inflightBytes,
    readonlyIndex: 0,
    consecutiveErrorTimes: silentTimeouts,
  }
}
