import { SandboxError } from '../../src-main/base/sandbox-error'
import type { ClusterClient } from '../../src-main/client/cluster-client'

/**
 * Clients that each write growing numbers to a key of their own. What was acknowledged must be there after any crash; what
 * was not may be there or not.
 */
export class SequenceWriters {
  readonly #keys: readonly Uint8Array[]
  readonly #attempted: number[]
  readonly #acknowledged: number[]

  constructor(keys: readonly Uint8Array[]) {
    this.#keys = keys
    this.#attempted = keys.map(() => 0)
    this.#acknowledged = keys.map(() => 0)
  }

  /** Numbers that were acknowledged, of all writers together. */
  get acknowledged(): number {
    return this.#acknowledged.reduce((sum, number) => sum + number, 0)
  }

  /** Writes until the signal aborts. Whatever a write says but success leaves its number unacknowledged, and the next one is tried. */
  async writeUntil(client: ClusterClient, signal: AbortSignal): Promise<void> {
    await Promise.all(this.#keys.map((_, writer) => this.#write(client, writer, signal)))
  }

  /** Reads every key. @returns a sentence for each that is not as it must be */
  async check(client: ClusterClient): Promise<string[]> {
    const complaints = await Promise.all(
      this.#keys.map(async (key, writer) => {
        const value = await client.kv.get(key, { timeoutMs: 30_000 })
        const found = value === undefined ? 0 : Number(Buffer.from(value).toString().split(' ')[0])
        const [least = 0, most = 0] = [this.#acknowledged[writer], this.#attempted[writer]]
        if (found >= least && found <= most) {
          // What is there now was either acknowledged or has turned out to have happened: from here on it must stay.
          this.#acknowledged[writer] = found
          return undefined
        }
        return `Writer ${String(writer)}: ${String(least)} was acknowledged and ${String(most)} attempted, but ${String(found)} is there.`
      }),
    )
    return complaints.filter((complaint) => complaint !== undefined)
  }

  async #write(client: ClusterClient, writer: number, signal: AbortSignal): Promise<void> {
    const key = this.#keys[writer] ?? new Uint8Array()
    while (!signal.aborted) {
      const number = (this.#attempted[writer] ?? 0) + 1
      this.#attempted[writer] = number
      try {
        await client.kv.put(key, Buffer.from(`${String(number)} ${'.'.repeat(240)}`), { timeoutMs: 5000, signal })
        this.#acknowledged[writer] = number
      } catch (thrown) {
        // The cluster is being killed under the writer: every refusal is in order, a defect of the program is not.
        if (!SandboxError.is(thrown) || thrown.code === 'INTERNAL') throw thrown
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    }
  }
}
