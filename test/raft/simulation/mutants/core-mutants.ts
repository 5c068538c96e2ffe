import type { RaftConfig } from '../../../../src-main/raft/core/config'
import type { ConfChange } from '../../../../src-main/raft/core/model/conf-change'
import type { ConfState } from '../../../../src-main/raft/core/model/conf-state'
import type { Entry } from '../../../../src-main/raft/core/model/entry'
import type { Message } from '../../../../src-main/raft/core/model/message'
import { APPEND_THREAD, APPLY_THREAD } from '../../../../src-main/raft/core/model/node-id'
import { RawNode } from '../../../../src-main/raft/core/raw-node'
import type { ReadState, Ready } from '../../../../src-main/raft/core/ready'
import type { Refusal } from '../../../../src-main/raft/core/refusal'
import type { FaultMix } from '../../../../src-main/raft/simulation/fault-mix'
import type { Mutant } from './mutant'
import { withDeposedLeaders, withFaults, withLeases } from './mutant'

/** The Ready with other messages; what waits for storage is handed over message by message as well. */
function mapMessages(ready: Ready, map: (message: Message) => Message): Ready {
  const messages = ready.messages.map((message) =>
    message.to === APPEND_THREAD ? { ...message, responses: message.responses.map(map) } : map(message),
  )
  return { ...ready, messages }
}

class GrantsEveryVote extends RawNode {
  override ready(): Ready {
    return mapMessages(super.ready(), (message) =>
      message.type === 'MsgVoteResp' ? { ...message, reject: false } : message,
    )
  }
}

class VotesForShorterLogs extends RawNode {
  override step(message: Message): Refusal | undefined {
    const asksForVote = message.type === 'MsgVote' || message.type === 'MsgPreVote'
    return super.step(asksForVote ? { ...message, index: 2 ** 50, logTerm: 2 ** 50 } : message)
  }
}

class AcceptsWhatDoesNotFit extends RawNode {
  override ready(): Ready {
    return mapMessages(super.ready(), (message) =>
      message.type === 'MsgAppResp' && message.reject ? { ...message, reject: false } : message,
    )
  }
}

/** Figure 8 of the paper: an entry of an earlier term counts as committed as soon as a majority holds it. */
class CommitsEarlierTermsByCount extends RawNode {
  override ready(): Ready {
    const ready = super.ready()
    if (!this.isLeader) return ready
    const matches = [...this.memberProgress().values()].map(({ match }) => match).sort((left, right) => right - left)
    const onMajority = matches[Math.floor(matches.length / 2)] ?? 0
    return mapMessages(ready, (message) =>
      message.type === 'MsgApp' ? { ...message, commit: Math.max(message.commit, onMajority) } : message,
    )
  }
}

/** A leader hands its entries to the state machine when it writes them. */
class AppliesBeforeCommit extends RawNode {
  #handedOut: number

  constructor(config: RaftConfig) {
    super(config)
    this.#handedOut = config.applied ?? 0
  }

  override ready(): Ready {
    const ready = super.ready()
    const messages = ready.messages.map((message) =>
      message.to === APPLY_THREAD ? this.#withoutEarlier(message) : message,
    )
    const { entries } = ready
    const order = ready.messages.find(({ to }) => to === APPEND_THREAD)
    const isNext = entries[0]?.index === this.#handedOut + 1 && entries.every(({ type }) => type === 'EntryNormal')
    if (!this.isLeader || !isNext || order === undefined) return { ...ready, messages }
    this.#handedOut = entries.at(-1)?.index ?? this.#handedOut
    return { ...ready, messages: [...messages, { ...order, type: 'MsgStorageApply', to: APPLY_THREAD, responses: [] }] }
  }

  #withoutEarlier(message: Message): Message {
    const entries = message.entries.filter((entry: Entry) => entry.index > this.#handedOut)
    this.#handedOut = entries.at(-1)?.index ?? this.#handedOut
    return { ...message, entries }
  }
}

/** A leader answers reads at once, without asking anybody whether it still leads. */
class ReadsWithoutAsking extends RawNode {
  #readStates: ReadState[] = []

  override readIndex(context: Uint8Array): void {
    if (this.isLeader) this.#readStates.push({ context, index: this.status().log.committed })
    else super.readIndex(context)
  }

  override hasReady(): boolean {
    return this.#readStates.length > 0 || super.hasReady()
  }

  override ready(): Ready {
    const ready = super.ready()
    const readStates = [...ready.readStates, ...this.#readStates]
    this.#readStates = []
    return { ...ready, readStates }
  }
}

/** A leader's time passes four times slower than that of the others: its lease ends long after their promises. */
class CountsLeaseSlowly extends RawNode {
  override leaseTimeIs(timeMs: number): void {
    super.leaseTimeIs(Math.ceil(timeMs / 4))
  }
}

/** A leader counts its lease in ticks, of which a process that stands still counts none. */
class CountsLeaseInTicks extends RawNode {
  constructor(config: RaftConfig) {
    super({ ...config, leaseMs: undefined })
  }
}

/** Says that a new membership is in force and goes on by the one with which it was started. */
class KeepsOldMembership extends RawNode {
  readonly #informed: RawNode

  constructor(config: RaftConfig) {
    super(config)
    this.#informed = new RawNode(config)
  }

  override applyConfChange(change: ConfChange, index: number): ConfState | undefined {
    return this.#informed.applyConfChange(change, index)
  }
}

class NeverAsksForVotes extends RawNode {
  override ready(): Ready {
    const ready = super.ready()
    return { ...ready, messages: ready.messages.filter(({ type }) => type !== 'MsgVote' && type !== 'MsgPreVote') }
  }
}

const withCore = (
  name: string,
  caughtBy: readonly string[],
  core: new (config: RaftConfig) => RawNode,
  mix: (mix: FaultMix) => FaultMix = (drawn) => drawn,
): Mutant => ({ name, caughtBy, seams: () => ({ core: (config) => new core(config), mix }) })

export const coreMutants: readonly Mutant[] = [
  withCore('a node grants every vote', ['durable-promises', 'election-safety'], GrantsEveryVote),
  withCore(
    'a node votes for candidates whose log is behind its own',
    ['leader-completeness', 'committed-for-good', 'node-failed'],
    VotesForShorterLogs,
  ),
  withCore('a follower accepts entries that do not fit its log', ['durable-promises'], AcceptsWhatDoesNotFit),
  withCore(
    'a leader commits entries of earlier terms by counting',
    ['committed-on-quorum'],
    CommitsEarlierTermsByCount,
  ),
  withCore('a leader applies what is not committed', ['monotone-positions'], AppliesBeforeCommit),
  withCore(
    'a leader answers reads without asking whether it leads',
    ['linearizability'],
    ReadsWithoutAsking,
    (mix) => ({
      ...withDeposedLeaders(mix),
      settings: { ...mix.settings, electionTicks: 10, checkQuorum: false, preVote: false, readMode: 'safe' },
    }),
  ),
  withCore('the clock of a leader is too slow for its lease', ['linearizability'], CountsLeaseSlowly, (mix) =>
    withLeases(withDeposedLeaders(mix)),
  ),
  withCore('a leader that stood still goes on with its lease', ['linearizability'], CountsLeaseInTicks, (mix) =>
    withLeases({
      ...withDeposedLeaders(mix),
      faults: new Map([['pause', 100]]),
    }),
  ),
  withCore(
    'a node goes on by the old membership',
    ['committed-on-quorum', 'leader-completeness', 'election-safety', 'liveness', 'node-failed'],
    KeepsOldMembership,
    (mix) => withFaults(mix, { membership: 200 }),
  ),
  withCore('nobody asks for votes', ['liveness'], NeverAsksForVotes),
]
