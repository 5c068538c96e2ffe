import type { RaftConfig } from '../../../../src-main/raft/core/config'
import { MemoryStorage } from '../../../../src-main/raft/core/log/memory-storage'
import { decodeConfChange } from '../../../../src-main/raft/core/model/conf-change'
import type { ConfState } from '../../../../src-main/raft/core/model/conf-state'
import { NO_MEMBERS } from '../../../../src-main/raft/core/model/conf-state'
import type { Entry } from '../../../../src-main/raft/core/model/entry'
import { NO_BYTES } from '../../../../src-main/raft/core/model/entry'
import type { Message, MessageDraft, MessageType } from '../../../../src-main/raft/core/model/message'
import { draftMessage } from '../../../../src-main/raft/core/model/message'
import type { NodeId } from '../../../../src-main/raft/core/model/node-id'
import { RawNode } from '../../../../src-main/raft/core/raw-node'
import type { ReadState } from '../../../../src-main/raft/core/ready'
import type { Refusal } from '../../../../src-main/raft/core/refusal'
import { RecordingLogger } from './recording-logger'

/** What a test may set of a node; the rest is the core's own default. */
export type NodeOptions = Partial<Omit<RaftConfig, 'id' | 'storage' | 'random' | 'logger'>>

/** The entry that every test group starts after, as if it had come from a snapshot. */
export const FIRST_SNAPSHOT = { index: 1, term: 1 }

const ELECTION_TICKS = 10

/** One node with its storage and everything that it has applied. */
export class Member {
  readonly id: NodeId
  readonly storage = new MemoryStorage()
  readonly logger = new RecordingLogger()
  readonly options: NodeOptions
  raw: RawNode
  /** The entries applied since the node was last started. */
  applied: Entry[] = []
  appliedIndex: number
  confState: ConfState
  readStates: ReadState[] = []
  /** What step() and propose() refused. */
  refusals: Refusal[] = []

  constructor(id: NodeId, confState: ConfState, options: NodeOptions) {
    this.id = id
    this.options = options
    this.confState = confState
    const isMember = confState.voters.length > 0
    if (isMember) this.storage.applySnapshot({ ...FIRST_SNAPSHOT, confState, data: NO_BYTES })
    this.appliedIndex = isMember ? FIRST_SNAPSHOT.index : 0
    this.raw = this.#start()
  }

  /** Starts again from what is stored; everything else is lost. */
  restart(): void {
    const { confState, index } = this.storage.snapshot() ?? { confState: NO_MEMBERS, index: 0 }
    this.confState = confState
    this.applied = []
    this.appliedIndex = index
    this.raw = this.#start()
  }

  #start(): RawNode {
    return new RawNode({
      electionTicks: ELECTION_TICKS,
      heartbeatTicks: 1,
      ...this.options,
      id: this.id,
      storage: this.storage,
      logger: this.logger,
      // Timeouts that differ and do not depend on how often they are drawn.
      random: { integer: (low, high) => Math.min(high, low + (this.id % ELECTION_TICKS)) },
      applied: this.appliedIndex,
    })
  }

  /** Does everything that the node asks for; returns what it wants to have sent. */
  process(): readonly Message[] {
    const sent: Message[] = []
    while (this.raw.hasReady()) {
      const ready = this.raw.ready()
      if (ready.hardState !== undefined) this.storage.setHardState(ready.hardState)
      if (ready.snapshot !== undefined) {
        this.storage.applySnapshot(ready.snapshot)
        this.confState = ready.snapshot.confState
        this.appliedIndex = ready.snapshot.index
      }
      this.storage.append(ready.entries)
      this.readStates.push(...ready.readStates)
      this.apply(ready.committedEntries)
      sent.push(...ready.messages)
      this.raw.advance()
    }
    return sent
  }

  apply(entries: readonly Entry[]): void {
    for (const entry of entries) {
      if (entry.type !== 'EntryNormal') {
        this.confState = this.raw.applyConfChange(decodeConfChange(entry), entry.index) ?? this.confState
      }
      this.applied.push(entry)
      this.appliedIndex = entry.index
    }
    // A new member can only start from a snapshot that knows of it.
    if (entries.some(({ type }) => type !== 'EntryNormal')) {
      this.storage.createSnapshot(this.appliedIndex, this.confState, NO_BYTES)
    }
  }

  /** Takes a snapshot at the applied index and forgets the log before it. */
  compact(): void {
    if (this.storage.snapshot()?.index !== this.appliedIndex) {
      this.storage.createSnapshot(this.appliedIndex, this.confState, NO_BYTES)
    }
    this.storage.compact(this.appliedIndex)
  }

  /** The commands applied, as text, without the empty entries of new leaders. */
  get commands(): readonly string[] {
    return this.applied.filter(({ data, type }) => type === 'EntryNormal' && data.length > 0).map(textOf)
  }

  /** The stored log in short: the term of every entry. */
  get storedTerms(): readonly number[] {
    return storedEntries(this.storage).map(({ term }) => term)
  }
}

/**
 * Several nodes, a queue between them, and a rule that says which messages arrive. Time passes only by {@link tick}.
 */
export class Cluster {
  readonly members = new Map<NodeId, Member>()
  /** What was taken out of the queue and not delivered. */
  readonly lost: Message[] = []
  #queue: Message[] = []
  #delivers: (message: Message) => boolean = () => true

  constructor(voters: readonly NodeId[], options: NodeOptions = {}, learners: readonly NodeId[] = []) {
    const confState = { voters, votersOutgoing: [], learners, learnersNext: [], autoLeave: false }
    for (const id of [...voters, ...learners]) this.members.set(id, new Member(id, confState, options))
  }

  member(id: NodeId): Member {
    const member = this.members.get(id)
    if (member === undefined) throw new Error(`the test has no node ${id}`)
    return member
  }

  raw(id: NodeId): RawNode {
    return this.member(id).raw
  }

  /** Adds an empty node that knows of no group. */
  addEmpty(id: NodeId, options: NodeOptions = {}): void {
    this.members.set(id, new Member(id, NO_MEMBERS, options))
  }

  /** From now on only messages of which this is true arrive. */
  deliverOnly(rule: (message: Message) => boolean): void {
    this.#delivers = rule
  }

  /** Cuts a node off from all others. */
  isolate(...ids: readonly NodeId[]): void {
    this.deliverOnly(({ from, to }) => ids.includes(from) === ids.includes(to))
  }

  /** Everything arrives again. What is still under way does so too. */
  heal(): void {
    this.deliverOnly(() => true)
  }

  /** Lets everything that is under way arrive, and all that follows from it. */
  settle(): void {
    for (let busy = true; busy;) {
      busy = false
      for (const member of this.members.values()) this.#queue.push(...member.process())
      const batch = this.#queue
      this.#queue = []
      for (const message of batch) {
        busy = true
        this.#deliver(message)
      }
    }
  }

  #deliver(message: Message): void {
    const receiver = this.members.get(message.to)
    if (receiver === undefined || !this.#delivers(message)) {
      this.lost.push(message)
      return
    }
    const refusal = receiver.raw.step(message)
    if (refusal !== undefined) receiver.refusals.push(refusal)
  }

  /** Time passes at one node; then everything settles. */
  tick(id: NodeId, ticks = 1): void {
    for (let ticked = 0; ticked < ticks; ticked += 1) {
      this.raw(id).tick()
      this.settle()
    }
  }

  /** Time passes at all nodes. */
  tickAll(ticks = 1): void {
    for (let ticked = 0; ticked < ticks; ticked += 1) {
      for (const { raw } of this.members.values()) raw.tick()
      this.settle()
    }
  }

  /** Makes a node campaign and lets the election run. */
  campaign(id: NodeId): void {
    this.raw(id).campaign()
    this.settle()
  }

  propose(id: NodeId, command: string) {
    const outcome = this.raw(id).propose(bytesOf(command))
    this.settle()
    return outcome
  }

  /** Who leads, by their own view. */
  get leaders(): readonly NodeId[] {
    return [...this.members.values()].filter(({ raw }) => raw.isLeader).map(({ id }) => id)
  }
}

/** Steps a message that a test makes up, and collects what the node wants to send because of it. */
export function exchange(member: Member, type: MessageType, from: NodeId, fields: Partial<MessageDraft>) {
  member.process()
  const message = Object.assign(draftMessage(type, member.id), { from }, fields)
  const refusal = member.raw.step(message)
  return { refusal, sent: member.process() }
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

export function textOf(entry: { readonly data: Uint8Array }): string {
  return new TextDecoder().decode(entry.data)
}

export function storedEntries(storage: MemoryStorage): readonly Entry[] {
  const entries = storage.entries(storage.firstIndex(), storage.lastIndex() + 1, Number.POSITIVE_INFINITY)
  return typeof entries === 'string' ? [] : entries
}

/** Entries of the given terms, from an index on. */
export function entriesOfTerms(terms: readonly number[], firstIndex = 2): readonly Entry[] {
  return terms.map((term, position) => ({
    term,
    index: firstIndex + position,
    type: 'EntryNormal',
    data: bytesOf(`${term}/${firstIndex + position}`),
  }))
}
