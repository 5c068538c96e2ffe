import type { RaftConfig } from '../../../../src-main/raft/core/config'
import { MemoryStorage } from '../../../../src-main/raft/core/log/memory-storage'
import type { ConfChangeSingle } from '../../../../src-main/raft/core/model/conf-change'
import { decodeConfChange } from '../../../../src-main/raft/core/model/conf-change'
import type { ConfState } from '../../../../src-main/raft/core/model/conf-state'
import { NO_MEMBERS } from '../../../../src-main/raft/core/model/conf-state'
import type { Entry } from '../../../../src-main/raft/core/model/entry'
import { NO_BYTES } from '../../../../src-main/raft/core/model/entry'
import type { Message } from '../../../../src-main/raft/core/model/message'
import type { NodeId } from '../../../../src-main/raft/core/model/node-id'
import { RawNode } from '../../../../src-main/raft/core/raw-node'
import { bytesOf, storedEntries } from './cluster'
import { SeededRandom } from './seeded-random'

export interface ChaosOptions {
  readonly seed: number
  readonly nodes: number
  readonly rounds: number
  readonly readMode: 'safe' | 'lease'
  /** Whether members come and go. */
  readonly changesMembers: boolean
}

class InvariantBroken extends Error {}

/** What is true of the whole group at all times, whoever of it is up. */
class Watcher {
  readonly #leaders = new Map<number, NodeId>()
  readonly #committed = new Map<number, string>()
  readonly #votes = new Map<string, NodeId>()
  readonly #terms = new Map<NodeId, number>()
  readonly #reads = new Map<string, number>()
  highestCommitted = 0
  answeredReads = 0

  leads(id: NodeId, term: number): void {
    const other = this.#leaders.get(term) ?? id
    check(other === id, `${other} and ${id} both lead term ${term}`)
    this.#leaders.set(term, id)
  }

  applies(id: NodeId, entry: Entry): void {
    const shown = `${entry.term} ${entry.type} ${entry.data.join(' ')}`
    const before = this.#committed.get(entry.index) ?? shown
    check(before === shown, `${id} applies ${shown} at ${entry.index}, where ${before} was applied`)
    this.#committed.set(entry.index, shown)
  }

  commits(index: number): void {
    this.highestCommitted = Math.max(this.highestCommitted, index)
  }

  stores(id: NodeId, term: number, vote: NodeId): void {
    check(term >= (this.#terms.get(id) ?? 0), `the term of ${id} falls to ${term}`)
    this.#terms.set(id, term)
    if (vote === 0) return
    const before = this.#votes.get(`${id} in ${term}`) ?? vote
    check(before === vote, `${id} votes for ${before} and for ${vote} in term ${term}`)
    this.#votes.set(`${id} in ${term}`, vote)
  }

  asks(token: string): void {
    this.#reads.set(token, this.highestCommitted)
  }

  answers(token: string, index: number): void {
    const needed = this.#reads.get(token) ?? 0
    check(index >= needed, `read ${token} is answered at ${index}, but ${needed} was committed when it was asked`)
    this.answeredReads += 1
  }
}

function check(condition: boolean, sentence: string): void {
  if (!condition) throw new InvariantBroken(sentence)
}

/** A node whose memory is lost in a crash and whose storage keeps what its append thread has done. */
class ChaosNode {
  readonly id: NodeId
  readonly storage = new MemoryStorage()
  readonly #config: Omit<RaftConfig, 'storage' | 'applied'>
  readonly #watcher: Watcher
  #appendWork: Message[] = []
  #applyWork: Message[] = []
  #confState: ConfState = NO_MEMBERS
  #applied = 0
  raw: RawNode | undefined

  constructor(config: Omit<RaftConfig, 'storage' | 'applied'>, watcher: Watcher, confState: ConfState | undefined) {
    this.id = config.id
    this.#config = config
    this.#watcher = watcher
    if (confState !== undefined) this.storage.applySnapshot({ index: 1, term: 1, confState, data: NO_BYTES })
    this.start()
  }

  start(): void {
    const snapshot = this.storage.snapshot()
    this.#confState = snapshot?.confState ?? NO_MEMBERS
    this.#applied = snapshot?.index ?? 0
    this.#appendWork = []
    this.#applyWork = []
    this.raw = new RawNode({ ...this.#config, storage: this.storage, applied: this.#applied })
  }

  crash(): void {
    this.raw = undefined
  }

  /** Takes what the node asks for; returns what may be sent at once. */
  handOut(): readonly Message[] {
    const { raw } = this
    const sent: Message[] = []
    while (raw?.hasReady()) {
      const ready = raw.ready()
      for (const message of ready.messages) {
        if (message.type === 'MsgStorageAppend') this.#appendWork.push(message)
        else if (message.type === 'MsgStorageApply') this.#applyWork.push(message)
        else sent.push(message)
      }
      for (const { index, context } of ready.readStates) this.#watcher.answers(new TextDecoder().decode(context), index)
    }
    if (raw !== undefined) {
      const { role, term, log } = raw.status()
      if (role === 'StateLeader') this.#watcher.leads(this.id, term)
      this.#watcher.commits(log.committed)
    }
    return sent
  }

  /** The append thread makes its oldest work durable. */
  append(): readonly Message[] {
    const work = this.#appendWork.shift()
    if (work === undefined) return []
    if (work.term !== 0) {
      this.#watcher.stores(this.id, work.term, work.vote)
      this.storage.setHardState({ term: work.term, vote: work.vote, commit: work.commit })
    }
    if (work.snapshot !== null) {
      this.storage.applySnapshot(work.snapshot)
      this.#applied = work.snapshot.index
      this.#confState = work.snapshot.confState
    }
    this.storage.append(work.entries)
    return this.#deliver(work)
  }

  /** The apply thread does its oldest work. */
  apply(): readonly Message[] {
    const work = this.#applyWork.shift()
    if (work === undefined) return []
    for (const entry of work.entries) {
      // A snapshot has overtaken it.
      if (entry.index <= this.#applied) continue
      check(entry.index === this.#applied + 1, `${this.id} applies ${entry.index} after ${this.#applied}`)
      this.#watcher.applies(this.id, entry)
      if (entry.type !== 'EntryNormal') {
        this.#confState = this.raw?.applyConfChange(decodeConfChange(entry), entry.index) ?? this.#confState
      }
      this.#applied = entry.index
    }
    return this.#deliver(work)
  }

  #deliver(work: Message): readonly Message[] {
    for (const response of work.responses) if (response.to === this.id) this.raw?.step(response)
    return work.responses.filter(({ to }) => to !== this.id)
  }

  /** Takes a snapshot of what is applied and cuts the log some way before it. */
  compact(keep: number): void {
    const index = this.#applied
    if (this.raw?.awaitsSnapshot) return
    if (index > this.storage.lastIndex() || index <= (this.storage.snapshot()?.index ?? 0)) return
    this.storage.createSnapshot(index, this.#confState, NO_BYTES)
    if (index - keep >= this.storage.firstIndex()) this.storage.compact(index - keep)
  }
}

/** A group in which everything that can go wrong does, decided by a seed. */
export class Chaos {
  readonly #options: ChaosOptions
  readonly #random: SeededRandom
  readonly watcher = new Watcher()
  readonly #nodes: readonly ChaosNode[]
  #messages: Message[] = []
  #cut: ReadonlySet<NodeId> = new Set()
  #serial = 0

  constructor(options: ChaosOptions) {
    this.#options = options
    this.#random = new SeededRandom(options.seed)
    const voters = Array.from({ length: options.nodes }, (_, position) => position + 1)
    const confState = { ...NO_MEMBERS, voters }
    const spare = options.changesMembers ? [options.nodes + 1] : []
    this.#nodes = [...voters, ...spare].map((id) => {
      const config = {
        id,
        electionTicks: 8,
        heartbeatTicks: 1,
        asyncStorageWrites: true,
        maxInflightMessages: 3,
        maxMessageBytes: 200,
        maxApplyingBytes: 200,
        readMode: options.readMode,
        preVote: options.seed % 2 === 0,
        random: this.#random,
      }
      return new ChaosNode(config, this.watcher, voters.includes(id) ? confState : undefined)
    })
  }

  /** Runs with faults, then without, and expects that all come together again. */
  run(): void {
    for (let round = 0; round < this.#options.rounds; round += 1) this.#faultyRound()
    this.#cut = new Set()
    for (const node of this.#nodes) if (node.raw === undefined) node.start()
    for (let round = 0; round < 400 && !this.#converged(); round += 1) this.#quietRound()
    check(this.#converged(), 'the group does not come together again')
    this.#checkLogs()
  }

  /** One tick of every node that is up, in any order, with other things in between. */
  #faultyRound(): void {
    const random = this.#random
    if (random.chance(0.03)) this.#cut = new Set(this.#nodes.filter(() => random.chance(0.3)).map(({ id }) => id))
    if (random.chance(0.05)) this.#cut = new Set()
    const order = [...this.#nodes].sort(() => random.fraction() - 0.5)
    for (const node of order) {
      if (node.raw === undefined) {
        if (random.chance(0.1)) node.start()
      } else if (random.chance(0.01)) node.crash()
      node.raw?.tick()
      for (let act = random.integer(0, 6); act > 0; act -= 1) this.#act()
    }
    if (random.chance(0.05)) this.#checkLogs()
  }

  #act(): void {
    const random = this.#random
    const node = random.pick(this.#nodes)
    if (node?.raw === undefined) return
    const choice = random.fraction()
    if (choice < 0.3) this.#send(node.append())
    else if (choice < 0.45) this.#send(node.apply())
    else if (choice < 0.8) this.#deliverAny()
    else if (choice < 0.9) this.#propose(node.raw)
    else if (choice < 0.95) this.#read(node.raw)
    else if (choice < 0.97) node.compact(random.integer(0, 5))
    else if (choice < 0.98) node.raw.transferLeader(random.integer(1, this.#options.nodes))
    else if (choice < 0.99) node.raw.reportUnreachable(random.integer(1, this.#options.nodes))
    else node.raw.reportSnapshot(random.integer(1, this.#nodes.length), random.chance(0.5))
    this.#send(node.handOut())
  }

  #propose(raw: RawNode): void {
    this.#serial += 1
    if (!this.#options.changesMembers || this.#random.chance(0.8)) {
      raw.propose(bytesOf(`command ${this.#serial}`))
      return
    }
    const types: ReadonlyArray<ConfChangeSingle['type']> = [
      'ConfChangeAddNode',
      'ConfChangeAddNode',
      'ConfChangeAddLearnerNode',
      'ConfChangeRemoveNode',
    ]
    const changes = Array.from({ length: this.#random.integer(0, 2) }, () => ({
      type: this.#random.pick(types) ?? 'ConfChangeAddNode',
      // Node 1 and 2 stay, so that there is always somebody to vote.
      nodeId: this.#random.integer(3, this.#nodes.length),
    }))
    raw.proposeConfChange({ version: 2, transition: 'ConfChangeTransitionJointImplicit', changes, context: NO_BYTES })
  }

  #read(raw: RawNode): void {
    this.#serial += 1
    this.watcher.asks(`read ${this.#serial}`)
    raw.readIndex(bytesOf(`read ${this.#serial}`))
  }

  #send(messages: readonly Message[]): void {
    this.#messages.push(...messages)
  }

  /** Takes any message under way, and loses, repeats or delivers it. */
  #deliverAny(): void {
    const position = this.#random.integer(0, this.#messages.length - 1)
    const message = this.#messages[position]
    if (message === undefined) return
    if (!this.#random.chance(0.1)) this.#messages.splice(position, 1)
    if (this.#cut.has(message.from) !== this.#cut.has(message.to) || this.#random.chance(0.05)) return
    this.#deliver(message)
  }

  #deliver(message: Message): void {
    const receiver = this.#nodes[message.to - 1]
    receiver?.raw?.step(message)
    if (receiver !== undefined) this.#send(receiver.handOut())
  }

  #quietRound(): void {
    for (const node of this.#nodes) {
      node.raw?.tick()
      // A snapshot that was lost while there were faults is reported by nobody any more.
      for (const { id, state } of node.raw?.status().members ?? []) {
        if (state === 'StateSnapshot' && this.#random.chance(0.2)) node.raw?.reportSnapshot(id, false)
      }
      for (let act = 0; act < 3; act += 1) {
        this.#send(node.handOut())
        this.#send(node.append())
        this.#send(node.apply())
      }
    }
    const batch = this.#messages
    this.#messages = []
    for (const message of batch) this.#deliver(message)
    const leader = this.#nodes.find(({ raw }) => raw?.isLeader)
    // A leader whose last snapshot does not know of a new member could not bring it in.
    leader?.compact(0)
  }

  #converged(): boolean {
    const leaders = this.#nodes.filter(({ raw }) => raw?.isLeader)
    const [leader] = leaders
    if (leader?.raw === undefined || leaders.length > 1) return false
    const { log, configuration, members } = leader.raw.status()
    if (log.applied !== log.lastIndex || configuration.voters.outgoing.length > 0) return false
    return members.every(({ id }) => this.#nodes[id - 1]?.raw?.status().log.applied === log.lastIndex)
  }

  /** Two logs that hold the same (index, term) hold the same entries up to there. */
  #checkLogs(): void {
    const logs = this.#nodes.map(({ storage }) => new Map(storedEntries(storage).map((entry) => [entry.index, entry])))
    for (const [position, left] of logs.entries()) {
      for (const right of logs.slice(position + 1)) checkMatching(left, right)
    }
  }
}

function checkMatching(left: ReadonlyMap<number, Entry>, right: ReadonlyMap<number, Entry>): void {
  let agreed = false
  for (const index of [...left.keys()].sort((one, other) => other - one)) {
    const [ours, theirs] = [left.get(index), right.get(index)]
    if (ours === undefined || theirs === undefined) continue
    agreed ||= ours.term === theirs.term
    if (!agreed) continue
    const same = ours.term === theirs.term && ours.type === theirs.type && ours.data.join() === theirs.data.join()
    check(same, `two logs that agree after ${index} differ there`)
  }
}
