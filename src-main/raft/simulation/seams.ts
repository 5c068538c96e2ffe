import type { Disk } from '../../env'
import type { RaftConfig } from '../core/config'
import type { NodeId } from '../core/model/node-id'
import type { RawNode } from '../core/raw-node'
import type { RaftLogStore } from '../log/raft-log-store'
import type { StateMachine } from '../node/state-machine'
import type { RaftTransport } from '../transport/raft-transport'
import type { FaultMix } from './fault-mix'

/**
 * Where a run can be given parts that do wrong, to prove that the checks bite. The checks look below these parts: at
 * the stores and the network that they work on.
 */
export interface Seams {
  readonly mix?: (mix: FaultMix) => FaultMix
  readonly disk?: (disk: Disk) => Disk
  readonly log?: (log: RaftLogStore, nodeId: NodeId) => RaftLogStore
  readonly transport?: (transport: RaftTransport) => RaftTransport
  readonly stateMachine?: <Result>(stateMachine: StateMachine<Result>) => StateMachine<Result>
  readonly core?: (config: RaftConfig) => RawNode
}
