import { setMaxListeners } from 'node:events'
import type { ErrorCode } from '../../src-main/base/error-codes'
import { SandboxError } from '../../src-main/base/sandbox-error'
import type { ClusterClient } from '../../src-main/client/cluster-client'

/** What one writer has come to. */
interface Sequence {
  readonly key: Uint8Array
  attempted: number
  /** The last number that must be there, unless a later or an unknown one is. */
  acknowledged: number
  /** Numbers of which nobody knows whether they were written: they may turn up, whenever. */
  unknown: Set<number>
}

/** Under these codes a write may have happened; under every other one it has not. */
const UNKNOWN_OUTCOMES: ReadonlySet<ErrorCode> = new Set(['CLIENT_OUTCOME_UNKNOWN'])
/** What a writer may hear while the cluster is killed under it. Anything else is a defect. */
const EXPECTED: ReadonlySet<ErrorCode> = new Set([
  'CLIENT_OUTCOME_UNKNOWN',
  'CLIENT_TIMED_OUT',
  'CANCELLED',
  'RPC_UNAVAILABLE',
  'RPC_DEADLINE_EXCEEDED',
])
/** A cluster of many nodes that was killed replays its logs and elects before it answers. */
const READ_TIMEOUT_MS = 60_000

/**
 * Clients that each write growing numbers to a key of their own. After any crash a key holds the last acknowledged number, or
 * one whose outcome is unknown: nothing acknowledged is lost, nothing refused turns up.
 */
export class SequenceWriters {
  readonly #sequences: readonly Sequence[]
  readonly #writeTimeoutMs: number
  #acknowledgements = 0

  /** @param writeTimeoutMs after which a write that hangs counts as unknown, and the next one is tried */
  constructor(keys: readonly Uint8Array[], writeTimeoutMs: number) {
    this.#writeTimeoutMs = writeTimeoutMs
    this.#sequences = keys.map((key) => ({ key, attempted: 0, acknowledged: 0, unknown: new Set() }))
  }

  /** Writes that were acknowledged, of all writers together. */
  get acknowledged(): number {
    return this.#acknowledgements
  }

  /** Writes until the signal aborts. @throws what no crash of a cluster can explain */
  async writeUntil(client: ClusterClient, signal: AbortSignal): Promise<void> {
    // Every writer listens to the one signal, and that is no leak.
    setMaxListeners(0, signal)
    await Promise.all(this.#sequences.map((sequence) => this.#write(client, sequence, signal)))
  }

  /**
   * Reads every key, when nobody writes and every program that took a write has ended since.
   *
   * @returns a sentence for each that is not as it must be
   */
  async check(client: ClusterClient): Promise<string[]> {
    const complaints = await Promise.all(
      this.#sequences.map(async (sequence, writer) => {
        const { acknowledged, unknown, attempted } = sequence
        const value = await client.kv.get(sequence.key, { timeoutMs: READ_TIMEOUT_MS })
        const found = value === undefined ? 0 : Number(Buffer.from(value).toString().split(' ')[0])
        const isPossible = found === acknowledged || unknown.has(found)
        // What is there now stays there, and what was unknown and is not there never will be: no log holds it any more.
        sequence.acknowledged = found
        sequence.unknown = new Set()
        if (isPossible) return undefined
        return (
          `Writer ${String(writer)}: ${String(acknowledged)} was acknowledged last, ${String(attempted)} attempted, unknown are ` +
          `[${[...unknown].join(', ')}], but ${String(found)} is there.`
        )
      }),
    )
    return complaints.filter((complaint) => complaint !== undefined)
  }

  async #write(client: ClusterClient, sequence: Sequence, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const number = ++sequence.attempted
      try {
        const value = Buffer.from(`${String(number)} ${'.'.repeat(240)}`)
        await client.kv.put(sequence.key, value, { timeoutMs: this.#writeTimeoutMs, signal })
        sequence.acknowledged = number
        this.#acknowledgements++
      } catch (thrown) {
        if (!SandboxError.is(thrown) || !EXPECTED.has(thrown.code)) throw thrown
        if (UNKNOWN_OUTCOMES.has(thrown.code)) sequence.unknown.add(number)
      }
    }
  }
}
