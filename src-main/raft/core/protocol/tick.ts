import { NO_NODE } from '../model/node-id'
import { startElection } from './election'
import { checkQuorum } from './leader'
import type { RaftState } from './raft-state'
import { isPromotable } from './raft-state'
import { broadcastHeartbeat } from './replication'
import { abortLeaderTransfer } from './role-transitions'
import { leaveJointIfDue } from './storage-progress'

/** One tick of time has passed; see {@link RawNode.tick} for its number. */
export function tick(raft: RaftState, tickNumber: number | undefined): void {
  raft.tickCount += 1
  if (raft.config.leaseMs === undefined) raft.leaseTime += 1
  raft.electionElapsed += 1
  if (raft.role === 'StateLeader') tickLeader(raft, tickNumber)
  else if (raft.electionElapsed >= raft.randomizedElectionTimeout && isPromotable(raft)) {
    raft.electionElapsed = 0
    startElection(raft)
  }
}

function tickLeader(raft: RaftState, tickNumber: number | undefined): void {
  raft.heartbeatElapsed += 1
  if (raft.electionElapsed >= raft.config.electionTicks) {
    raft.electionElapsed = 0
    if (raft.config.checkQuorum) checkQuorum(raft)
    // Whoever was to take over has not done so in time.
    if (raft.leadTransferee !== NO_NODE) {
      abortLeaderTransfer(raft)
      leaveJointIfDue(raft)
    }
  }
  // The check may have made it a follower.
  if (raft.role !== 'StateLeader') return
  const { heartbeatTicks } = raft.config
  if (tickNumber === undefined ? raft.heartbeatElapsed >= heartbeatTicks : tickNumber % heartbeatTicks === 0) {
    raft.heartbeatElapsed = 0
    broadcastHeartbeat(raft)
  }
}
