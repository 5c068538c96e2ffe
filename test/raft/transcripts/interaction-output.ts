import type { RaftLogger } from '../../../src-main/raft/core/logger'

const levels = ['DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL', 'NONE'] as const
const NONE = levels.length - 1

/**
 * What a case answers: the log lines of the nodes and what the commands print, in one stream. Below the level lines are
 * left out; at level NONE everything is.
 */
export class InteractionOutput implements RaftLogger {
  #text = ''
  #level = 0

  /** Whether nothing is written at all. */
  get isQuiet(): boolean {
    return this.#level === NONE
  }

  get text(): string {
    return this.#text
  }

  /** Sets the level by its name, in any case. Returns the one before. */
  setLevel(name: string): string {
    const level = levels.findIndex((candidate) => candidate === name.toUpperCase())
    if (level < 0) throw new Error(`log levels must be either of [${levels.join(' ')}]`)
    const before = levels[this.#level] ?? 'NONE'
    this.#level = level
    return before
  }

  /** Empties the stream for the next case. */
  clear(): void {
    this.#text = ''
  }

  write(text: string): void {
    if (!this.isQuiet) this.#text += text
  }

  /** Indents everything that is written meanwhile by two spaces. */
  indented(action: () => void): void {
    const before = this.#text
    this.#text = ''
    try {
      action()
    } finally {
      const lines = this.#text.split('\n')
      if (lines.at(-1) === '') lines.pop()
      this.#text = before + lines.map((line) => `  ${line}\n`).join('')
    }
  }

  debug(line: string): void {
    this.#log(0, line)
  }

  info(line: string): void {
    this.#log(1, line)
  }

  warning(line: string): void {
    this.#log(2, line)
  }

  error(line: string): void {
    this.#log(3, line)
  }

  fatal(line: string): void {
    this.#log(4, line)
  }

  #log(level: number, line: string): void {
    if (this.#level <= level) this.write(`${levels[level]} ${line}\n`)
  }
}
