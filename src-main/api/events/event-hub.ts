import type { Env } from '../../sandbox/host-env'
import { EventRing } from './event-ring'
import type { DoorEvent, EventBatch, Topic } from './topics'

export interface EventHubOptions {
  /** How many events are kept for those who reconnect. */
  readonly capacity?: number
  /** The shortest time between two batches of one follower, in ms. */
  readonly batchIntervalMs?: number
  /** The most events in one batch. */
  readonly batchSize?: number
}

/** What a follower asks for. */
export interface Following {
  readonly topics: readonly Topic[]
  /** Everything after this cursor; from now on if there is none. */
  readonly after: string | undefined
  /** Ends the following. */
  readonly signal: AbortSignal
}

/** A batch and the cursor behind it, from which the next following goes on without gap or duplicate. */
export interface CursoredBatch extends EventBatch {
  readonly cursor: string
}

/** Of how many subjects the newest event is known: far more jobs than run at a time. */
const MOST_SUBJECTS = 100

/** Stages carry their data: so many events of them are kept, and whoever comes back later has missed some. */
const MOST_STAGES = 256

/** What an event tells all of, so that those before it about the same are of no use; undefined where each of them counts. */
function subjectOf(event: DoorEvent): string | undefined {
  switch (event.topic) {
    case 'overview':
    case 'flow':
    case 'lesson':
      return event.topic
    case 'tableJob':
      return `tableJob ${event.data.jobId}`
    default:
      return undefined
  }
}

/**
 * Where an operation stands now that is stepped: a person has pressed a key and waits for it. Whoever publishes these gathers
 * them where nobody waits.
 */
const isAwaited = ({ topic }: DoorEvent) => topic === 'flow'

/**
 * Where what happens in the program meets the event streams of the windows. Events are numbered in one sequence over all
 * topics and kept in a ring. A cursor names the life of this hub and a number in it, so that a page that outlives its
 * host is told that it missed something, instead of being given other events under old numbers.
 */
export class EventHub {
  readonly #clock: Env['clock']
  readonly #life: string
  readonly #ring: EventRing<DoorEvent>
  readonly #batchIntervalMs: number
  readonly #batchSize: number
  /** Where the newest event of each subject is that tells all of it. */
  readonly #newest = new Map<string, number>()
  /** Where the events of stages are that are kept, and the last that is not any more. */
  readonly #stages: number[] = []
  #lastStagesGone = 0
  readonly #waiting = new Set<() => void>()
  /** Ends the pauses between batches: what came is awaited. */
  readonly #pausing = new Set<() => void>()
  #lastAwaited = 0
  readonly #followers = new Map<Topic, number>()
  readonly #followListeners = new Set<(topic: Topic, isFollowed: boolean) => void>()

  constructor(env: Pick<Env, 'clock' | 'random'>, options: EventHubOptions = {}) {
    this.#clock = env.clock
    this.#life = env.random.fork('event-hub').uint32().toString(36)
    this.#ring = new EventRing(options.capacity ?? 8192)
    this.#batchIntervalMs = options.batchIntervalMs ?? 40
    this.#batchSize = options.batchSize ?? 500
  }

  /** The place behind the newest event. State that is read after this, together with the events after it, is complete. */
  get cursor(): string {
    return this.#cursorAt(this.#ring.last)
  }

  /** Hands an event to all followers of its topic. Never waits. */
  publish(event: DoorEvent): void {
    this.#ring.push(event)
    this.#forgetOutdated(event)
    if (event.topic === 'flowStages') this.#forgetOldStages()
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const wake of waiting) wake()
    if (!isAwaited(event)) return
    this.#lastAwaited = this.#ring.last
    for (const wake of [...this.#pausing]) wake()
  }

  /** Whether anybody follows a topic now: what costs something is looked at only for those who look. */
  isFollowed(topic: Topic): boolean {
    return (this.#followers.get(topic) ?? 0) > 0
  }

  /** Calls back when a topic gets its first follower and when it loses its last. @returns stops it */
  onFollowed(listener: (topic: Topic, isFollowed: boolean) => void): () => void {
    this.#followListeners.add(listener)
    return () => this.#followListeners.delete(listener)
  }

  /**
   * Batches of events, as they come. The first event after a silence goes out at once; those that follow it are gathered,
   * because a message costs far more than an event; but what a person waits for takes along at once all before it. Ends when the signal aborts.
   */
  async *follow({ topics, after, signal }: Following): AsyncGenerator<CursoredBatch, void, void> {
    if (signal.aborted) return
    const wanted = new Set<Topic>(topics)
    for (const topic of wanted) this.#countFollower(topic, 1)
    // By the signal and not at the end of this generator: one whose reader is gone is never taken up again.
    signal.addEventListener(
      'abort',
      () => {
        for (const topic of wanted) this.#countFollower(topic, -1)
      },
      { once: true },
    )
    const start = this.#positionOf(after)
    let position = start ?? this.#ring.last
    let missed = start === undefined
    let notBeforeMs = -Infinity

    while (!signal.aborted) {
      if (position === this.#ring.last && !missed) {
        await this.#nextEvent(signal)
        continue
      }
      const waitMs = notBeforeMs - this.#clock.monotonicMs()
      if (waitMs > 0 && this.#lastAwaited <= position) {
        await this.#pause(waitMs, signal)
        if (signal.aborted) return
      }
      // The ring may have gone round while this follower was held up by a slow page.
      if (position + 1 < this.#ring.oldest) {
        missed = true
        position = this.#ring.oldest - 1
      }
      if (position < this.#lastStagesGone && wanted.has('flowStages')) missed = true
      const events: DoorEvent[] = []
      while (position < this.#ring.last && events.length < this.#batchSize) {
        position += 1
        const event = this.#ring.at(position)
        if (event !== undefined && wanted.has(event.topic)) events.push(event)
      }
      if (events.length === 0 && !missed) continue
      notBeforeMs = this.#clock.monotonicMs() + this.#batchIntervalMs
      yield { events, missed, cursor: this.#cursorAt(position) }
      missed = false
    }
  }

  /** A picture of a large cluster, and the regions of a job, are large: of each only the newest is worth keeping. */
  #forgetOutdated(event: DoorEvent): void {
    const subject = subjectOf(event)
    if (subject === undefined) return
    this.#ring.forget(this.#newest.get(subject) ?? 0)
    this.#newest.delete(subject)
    this.#newest.set(subject, this.#ring.last)
    if (this.#newest.size <= MOST_SUBJECTS) return
    const [oldest] = this.#newest.keys()
    if (oldest !== undefined) this.#newest.delete(oldest)
  }

  #forgetOldStages(): void {
    this.#stages.push(this.#ring.last)
    if (this.#stages.length <= MOST_STAGES) return
    this.#lastStagesGone = this.#stages.shift() ?? 0
    this.#ring.forget(this.#lastStagesGone)
  }

  #countFollower(topic: Topic, change: 1 | -1): void {
    const before = this.#followers.get(topic) ?? 0
    this.#followers.set(topic, before + change)
    if (before > 0 && before + change > 0) return
    for (const listener of this.#followListeners) listener(topic, change > 0)
  }

  /** The number that a cursor names, or undefined if what came after it cannot be given. */
  #positionOf(cursor: string | undefined): number | undefined {
    if (cursor === undefined) return this.#ring.last
    const [, life, digits] = /^([0-9a-z]+)\.(\d{1,15})$/.exec(cursor) ?? []
    const position = Number(digits)
    if (life !== this.#life || position > this.#ring.last || position + 1 < this.#ring.oldest) return undefined
    return position
  }

  #cursorAt(position: number): string {
    return `${this.#life}.${position}`
  }

  #nextEvent(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      this.#waiting.add(wake)
      signal.addEventListener('abort', wake)
    })
  }

  /** Waits so many ms, less if something awaited comes or the signal aborts. */
  #pause(delayMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        timer.cancel()
        this.#pausing.delete(wake)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      const timer = this.#clock.setTimer(delayMs, wake)
      this.#pausing.add(wake)
      signal.addEventListener('abort', wake)
    })
  }
}
