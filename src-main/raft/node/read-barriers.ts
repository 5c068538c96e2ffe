import type { Readable, ReadResult, Refused } from './outcome'

type Answer = (result: ReadResult) => void

interface ConfirmedReads {
  readonly index: number
  readonly proof: Readable['proof']
  readonly answers: readonly Answer[]
}

/**
 * Reads that wait until the state machine is current. Those that come while one round of confirmation is under way share
 * the next: a read may only rest on a round that began after it was asked for.
 */
export class ReadBarriers {
  #waiting: Answer[] = []
  #asked: readonly Answer[] | undefined
  /** Counts the rounds; tells the answer to one from the answer to an earlier one. */
  #round = 0
  /** Confirmed and not applied yet, by ascending index. */
  #confirmed: ConfirmedReads[] = []

  /** How many wait. */
  get count(): number {
    const confirmed = this.#confirmed.reduce((count, { answers }) => count + answers.length, 0)
    return this.#waiting.length + (this.#asked?.length ?? 0) + confirmed
  }

  /** Whether a round should be asked for: some wait, and none is under way. */
  get wantsRound(): boolean {
    return this.#waiting.length > 0 && this.#asked === undefined
  }

  add(): Promise<ReadResult> {
    return new Promise((answer) => {
      this.#waiting.push(answer)
    })
  }

  /** A read that the leader's lease vouches for, which waits until an index is applied. */
  addLeased(index: number): Promise<ReadResult> {
    return new Promise((answer) => {
      this.#insert({ index, proof: 'lease', answers: [answer] })
    })
  }

  /** Begins a round for all that wait. @returns the token under which to ask */
  beginRound(): Uint8Array {
    this.#asked = this.#waiting
    this.#waiting = []
    this.#round += 1
    const token = new Uint8Array(8)
    new DataView(token.buffer).setBigUint64(0, BigInt(this.#round))
    return token
  }

  /** A round was confirmed: its reads are current once an index is applied. */
  confirmed(token: Uint8Array, index: number, appliedIndex: number): void {
    if (this.#asked === undefined || token.length !== 8) return
    const round = Number(new DataView(token.buffer, token.byteOffset).getBigUint64(0))
    if (round !== this.#round) return
    this.#insert({ index, proof: 'quorum', answers: this.#asked })
    this.#asked = undefined
    this.appliedTo(appliedIndex)
  }

  /** Mostly at the end; a round that was long under way confirms an index below those that leases gave meanwhile. */
  #insert(reads: ConfirmedReads): void {
    let place = this.#confirmed.length
    while (place > 0 && (this.#confirmed[place - 1]?.index ?? 0) > reads.index) place -= 1
    this.#confirmed.splice(place, 0, reads)
  }

  /** The state machine has applied everything up to an index. */
  appliedTo(appliedIndex: number): void {
    let next = this.#confirmed[0]
    while (next !== undefined && next.index <= appliedIndex) {
      this.#confirmed.shift()
      for (const answer of next.answers) answer({ kind: 'readable', index: next.index, proof: next.proof })
      next = this.#confirmed[0]
    }
  }

  /** This node leads no more. Confirmed reads stay: what they need is committed and will be applied. */
  leadershipLost(refusal: Refused): void {
    const refused = [...(this.#asked ?? []), ...this.#waiting]
    this.#asked = undefined
    this.#waiting = []
    for (const answer of refused) answer(refusal)
  }

  /** The node ends: everything is answered. */
  end(refusal: Refused): void {
    this.leadershipLost(refusal)
    const confirmed = this.#confirmed
    this.#confirmed = []
    for (const { answers } of confirmed) for (const answer of answers) answer(refusal)
  }
}
