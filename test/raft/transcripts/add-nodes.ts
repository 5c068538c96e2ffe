import type { RaftConfig } from '../../../src-main/raft/core/config'
import type { NodeId } from '../../../src-main/raft/core/model/node-id'
import type { Snapshot } from '../../../src-main/raft/core/model/snapshot'
import { EMPTY_SNAPSHOT } from '../../../src-main/raft/core/model/snapshot'
import { toBoolean, toWholeNumber } from './argument-values'
import type { TranscriptArgument } from './transcript-format'

/** What a transcript can say about new nodes. */
export type NodeConfig = Omit<RaftConfig, 'id' | 'storage' | 'random' | 'logger'>

/**
 * What transcripts assume where they say nothing: elections after 3 ticks, no limits, and every safety net of later
 * years off. The core's own defaults are the opposite.
 */
const assumed: NodeConfig = {
  electionTicks: 3,
  heartbeatTicks: 1,
  maxInflightMessages: 2 ** 31 - 1,
  checkQuorum: false,
  preVote: false,
  forwardProposals: true,
  stepDownOnRemoval: false,
}

/** Reads the options of `add-nodes`. */
export function readNodeOptions(options: readonly TranscriptArgument[]): {
  readonly config: NodeConfig
  readonly initial: Snapshot
} {
  let config = assumed
  const voters: NodeId[] = []
  const learners: NodeId[] = []
  let index = 0
  let content = ''
  for (const { key, values } of options) {
    for (const value of values) {
      switch (key) {
        case 'voters':
          voters.push(toWholeNumber(value))
          break
        case 'learners':
          learners.push(toWholeNumber(value))
          break
        case 'index':
          index = toWholeNumber(value)
          break
        case 'content':
          content = value
          break
        default:
          config = { ...config, ...readOption(key, value) }
      }
    }
  }
  if (voters.length + learners.length + index + content.length === 0) return { config, initial: EMPTY_SNAPSHOT }
  if (index <= 1) throw new Error('index must be specified as > 1 due to bootstrap')
  const confState = { voters, votersOutgoing: [], learners, learnersNext: [], autoLeave: false }
  const initial: Snapshot = { index, term: 1, confState, data: new TextEncoder().encode(content) }
  return { config: { ...config, applied: index }, initial }
}

function readOption(key: string, value: string): Partial<NodeConfig> {
  switch (key) {
    case 'inflight':
      return { maxInflightMessages: toWholeNumber(value) }
    case 'async-storage-writes':
      return { asyncStorageWrites: toBoolean(value) }
    case 'prevote':
      return { preVote: toBoolean(value) }
    case 'checkquorum':
      return { checkQuorum: toBoolean(value) }
    case 'max-committed-size-per-ready':
      // 0 stands for the default.
      return toWholeNumber(value) === 0 ? {} : { maxApplyingBytes: toWholeNumber(value) }
    case 'disable-conf-change-validation':
      return { validateConfChanges: !toBoolean(value) }
    case 'step-down-on-removal':
      return { stepDownOnRemoval: toBoolean(value) }
    case 'read-only':
      if (value !== 'safe' && value !== 'lease-based') throw new Error(`invalid read-only option "${value}"`)
      return { readMode: value === 'safe' ? 'safe' : 'lease' }
    default:
      // Options that do not concern the nodes are passed over.
      return {}
  }
}
