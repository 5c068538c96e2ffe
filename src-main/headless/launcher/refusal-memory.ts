import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheDirectory } from './cache-directory'
import { readIfThere } from './electron-layout'
import { launcherVariables } from './environment'
import type { LaunchContext } from './launch-context'

/** How long a refused download is not tried again, so that a start behind a strict network is not slowed every time. */
const REMEMBERED_MS = 24 * 60 * 60 * 1000

interface Refusal {
  readonly subject: string
  readonly reason: string
  readonly atMs: number
}

/**
 * Remembers, between starts, that something could not be fetched.
 *
 * @param name of the file in the cache directory
 * @param subject what exactly was refused (version, mirror): another subject is a new question
 */
export class RefusalMemory {
  readonly #context: LaunchContext
  readonly #path: string
  readonly #subject: string

  constructor(context: LaunchContext, name: string, subject: string) {
    this.#context = context
    this.#path = join(cacheDirectory(context), `${name}-refused.json`)
    this.#subject = subject
  }

  /** A sentence about the remembered refusal, or null if there is none that still counts. */
  recall(): string | null {
    if (this.#context.env[launcherVariables.retryDownload]) return null
    const refusal = parseRefusal(readIfThere(this.#path))
    if (refusal?.subject !== this.#subject) return null
    const ageMs = this.#context.nowMs() - refusal.atMs
    if (ageMs < 0 || ageMs >= REMEMBERED_MS) return null
    const hours = Math.ceil((REMEMBERED_MS - ageMs) / 3_600_000)
    return `${refusal.reason} It is tried again in ${String(hours)} h, or at once with: ${launcherVariables.retryDownload}=yes npm start`
  }

  remember(reason: string): void {
    const refusal: Refusal = { subject: this.#subject, reason, atMs: this.#context.nowMs() }
    mkdirSync(cacheDirectory(this.#context), { recursive: true })
    writeFileSync(this.#path, JSON.stringify(refusal))
  }

  forget(): void {
    rmSync(this.#path, { force: true })
  }
}

function parseRefusal(text: string | null): Refusal | null {
  if (text === null) return null
  try {
    const value = JSON.parse(text) as Partial<Refusal> | null
    const isWhole =
      typeof value?.subject === 'string' && typeof value.reason === 'string' && typeof value.atMs === 'number'
    return isWhole ? (value as Refusal) : null
  } catch (error) {
    // Another start may be writing it at this moment; a memory that cannot be read is no memory.
    if (error instanceof SyntaxError) return null
    throw error
  }
}
