import { once } from 'node:events'
import type { Output } from './output'

/** Shown only when a step takes longer than this: most are done before anybody could read it. */
const QUIET_MS = 1_000

/** The output of this process. Progress is one line that writes over itself, on a terminal only. */
export class ProcessOutput implements Output {
  readonly #startedMs = Date.now()
  readonly #watched = process.stderr.isTTY
  #progressShown = false

  async write(data: string | Uint8Array): Promise<void> {
    this.#wipe()
    if (!process.stdout.write(data)) await once(process.stdout, 'drain')
  }

  note(line: string): void {
    this.#wipe()
    process.stderr.write(`${line}\n`)
  }

  progress(line: string): void {
    if (!this.#watched || Date.now() - this.#startedMs < QUIET_MS) return
    this.#wipe()
    process.stderr.write(line.slice(0, (process.stderr.columns || 80) - 1))
    this.#progressShown = true
  }

  #wipe(): void {
    if (this.#progressShown) process.stderr.write('\r\u001b[2K')
    this.#progressShown = false
  }
}
