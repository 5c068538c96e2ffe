import type { Random } from '../../env'
import type { SimulatedClock } from '../../env/simulated'
import type { NodeId } from '../core/model/node-id'
import type { ClientAnswer } from './checkers/group-checker'
import type { ClientHistory } from './client-history'
import type { KeyValueCommand, KeyValueResult } from './key-value-state-machine'
import type { ClientMix } from './fault-mix'
import { encodeCommand } from './key-value-state-machine'
import type { SimulatedMember } from './simulated-member'

/** What the clients of a group share. */
export interface ClientParts {
  readonly clock: SimulatedClock
  readonly members: readonly SimulatedMember[]
  readonly mix: ClientMix
  readonly history: ClientHistory
  readonly keys: KeyChoice
  /** A node told a client that its command is applied. */
  readonly answered: (nodeId: NodeId, answer: ClientAnswer) => void
}

/** What became of a request at one node. */
type Attempt =
  | { readonly kind: 'done'; readonly output: KeyValueResult }
  /** It certainly had no effect; `leader` is where to try next, 0 if that is not known. */
  | { readonly kind: 'refused'; readonly leader: NodeId }
  | { readonly kind: 'unknown' }

/** Which keys are in use. They change after some time, so that the history of each stays short enough to be judged. */
export class KeyChoice {
  readonly #mix: Pick<ClientMix, 'keys' | 'operationsPerKeySet'>
  readonly #used = new Set<string>()
  #operations = 0

  constructor(mix: Pick<ClientMix, 'keys' | 'operationsPerKeySet'>) {
    this.#mix = mix
  }

  /** Every key that was ever in use, in the order in which they came. */
  get used(): Iterable<string> {
    return this.#used
  }

  next(random: Random): string {
    const set = Math.floor(this.#operations / this.#mix.operationsPerKeySet)
    this.#operations += 1
    const key = `${String(set)}/${String(random.integer(1, this.#mix.keys))}`
    this.#used.add(key)
    return key
  }
}

/**
 * A client that asks one thing after the other: it follows hints to the leader, gives up waiting after a time, and
 * never writes the same value twice. Of what it gives up on it does not know whether it happened.
 */
export class KeyValueClient {
  readonly name: string
  readonly #parts: ClientParts
  readonly #random: Random
  /** The value that it last saw at each key: what it compares with. */
  readonly #seen = new Map<string, string | null>()
  #target: NodeId = 0
  #writes = 0
  #isStopped = false

  constructor(name: string, parts: ClientParts, random: Random) {
    this.name = name
    this.#parts = parts
    this.#random = random
  }

  /** Asks until it is stopped. */
  async run(): Promise<void> {
    const { clock, mix, keys } = this.#parts
    while (!this.#isStopped) {
      await clock.sleep(-Math.log(1 - this.#random.fraction()) * mix.meanPauseMs)
      if (!this.#stops()) await this.#ask(this.#draw(keys.next(this.#random)))
    }
  }

  /** Asks nothing more; what is under way goes on. */
  stop(): void {
    this.#isStopped = true
  }

  /** Reads a key, trying until somebody answers or the time is over. @returns whether somebody did */
  async readUntilAnswered(key: string, attempts: number): Promise<boolean> {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      if (await this.#ask({ kind: 'get', key })) return true
      await this.#parts.clock.sleep(this.#parts.mix.timeoutMs / 10)
    }
    return false
  }

  /** A function, because the answer changes while the client sleeps. */
  #stops(): boolean {
    return this.#isStopped
  }

  /** @returns whether it was answered */
  async #ask(request: KeyValueCommand): Promise<boolean> {
    const { history } = this.#parts
    const member = this.#chooseMember()
    if (member === undefined) return false
    const operation = history.call(this.name, request)
    const attempt = await this.#attempt(member, request)
    switch (attempt.kind) {
      case 'done':
        history.return(operation, attempt.output)
        this.#remember(request, attempt.output)
        return true
      case 'refused':
        history.discard(operation)
        this.#target = attempt.leader
        return false
      case 'unknown':
        this.#target = 0
        return false
    }
  }

  #chooseMember(): SimulatedMember | undefined {
    const { members } = this.#parts
    const known = members.find(({ id }) => id === this.#target)
    return known?.working === undefined ? this.#random.pick(members) : known
  }

  async #attempt(member: SimulatedMember, request: KeyValueCommand): Promise<Attempt> {
    const { working } = member
    if (working === undefined) return { kind: 'refused', leader: 0 }
    const answer = request.kind === 'get' ? this.#read(member, request.key) : this.#write(member, request)
    return this.#beforeTimeout(answer, () => working.isOver)
  }

  async #read(member: SimulatedMember, key: string): Promise<Attempt> {
    await member.awake
    const { working } = member
    if (working === undefined) return { kind: 'refused', leader: 0 }
    const result = await working.node.readBarrier()
    if (result.kind === 'refused') return { kind: 'refused', leader: result.leader }
    return { kind: 'done', output: working.stateMachine.pairs.get(key) ?? null }
  }

  async #write(member: SimulatedMember, request: Exclude<KeyValueCommand, { readonly kind: 'get' }>): Promise<Attempt> {
    await member.awake
    const { working } = member
    if (working === undefined) return { kind: 'refused', leader: 0 }
    const command = encodeCommand(request)
    const proposal = await working.node.propose(command)
    switch (proposal.kind) {
      case 'refused':
        return { kind: 'refused', leader: proposal.leader }
      case 'unknown':
        return { kind: 'unknown' }
      case 'applied': {
        const { index, term, result } = proposal
        if (!working.isOver) this.#parts.answered(member.id, { index, term, command, result })
        return { kind: 'done', output: result }
      }
    }
  }

  /** Waits for an answer until the time is over. What a process says after its end is not heard. */
  #beforeTimeout(answer: Promise<Attempt>, isOver: () => boolean): Promise<Attempt> {
    return new Promise((resolve, reject) => {
      const timer = this.#parts.clock.setTimer(this.#parts.mix.timeoutMs, () => {
        resolve({ kind: 'unknown' })
      })
      answer.then((attempt) => {
        if (isOver()) return
        timer.cancel()
        resolve(attempt)
      }, reject)
    })
  }

  #draw(key: string): KeyValueCommand {
    const random = this.#random
    if (random.integer(1, 100) <= this.#parts.mix.readPercent) return { kind: 'get', key }
    const choice = random.integer(1, 10)
    if (choice <= 6) return { kind: 'put', key, value: this.#newValue() }
    if (choice === 7) return { kind: 'delete', key }
    return { kind: 'compare-and-set', key, expected: this.#seen.get(key) ?? null, replacement: this.#newValue() }
  }

  #newValue(): string {
    this.#writes += 1
    const value = `${this.name}:${String(this.#writes)}`
    return value.padEnd(this.#random.integer(1, this.#parts.mix.maxValueBytes), '.')
  }

  #remember(request: KeyValueCommand, output: KeyValueResult): void {
    switch (request.kind) {
      case 'get':
        this.#seen.set(request.key, typeof output === 'boolean' ? null : output)
        break
      case 'put':
        this.#seen.set(request.key, request.value)
        break
      case 'delete':
        this.#seen.set(request.key, null)
        break
      case 'compare-and-set':
        if (output === true) this.#seen.set(request.key, request.replacement)
        break
    }
  }
}
