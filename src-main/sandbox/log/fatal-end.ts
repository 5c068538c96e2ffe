import { SandboxError } from '../../base/sandbox-error'
import { logDefect } from './log-defect'
import type { ProgramLog } from './program-log'

/** The words in which a person learns that the program cannot go on. */
export function fatalSentence(thrown: unknown): string {
  const error = SandboxError.from(thrown)
  return error.code === 'INTERNAL'
    ? `The program met a defect of its own and cannot go on: ${error.message}`
    : `${error.message} (${error.code})`
}

export interface FatalEndParts {
  /** Writes to the terminal. */
  readonly print: (text: string) => void
  /** Has the last entries of the log written. Must not reject. */
  readonly closeLog: (log: ProgramLog) => Promise<void>
  /** Shows a sentence to the person beside what is printed, and resolves when they have read it. */
  readonly tell: (sentence: string) => Promise<void>
  /** Ends the program on the spot, with exit code 1. */
  readonly exit: () => void
}

/** The end of a program that cannot go on: whoever reads its log, its terminal or its screen learns why. */
export class FatalEnd {
  readonly #parts: FatalEndParts
  #log: ProgramLog | undefined
  #hasBegun = false

  constructor(parts: FatalEndParts) {
    this.#parts = parts
  }

  /** From now on the reason goes to the log, too. Before, there is none. */
  logTo(log: ProgramLog): void {
    this.#log = log
  }

  /**
   * Tells why the program cannot go on, and ends it. The stack of a defect goes to the terminal and the log. What fails after
   * the first failure is printed and changes nothing.
   *
   * @param where what was being done: `uncaught exception`
   */
  async begin(thrown: unknown, where: string): Promise<void> {
    const { print, closeLog, tell, exit } = this.#parts
    const sentence = fatalSentence(thrown)
    print(`${sentence}\n`)
    if (SandboxError.from(thrown).code === 'INTERNAL' && thrown instanceof Error) print(`${thrown.stack ?? ''}\n`)
    if (this.#hasBegun) return
    this.#hasBegun = true
    try {
      if (this.#log !== undefined) {
        logDefect(this.#log, thrown, where)
        // The dialog holds this thread until it is closed: what it shows has to be on the disk before.
        await closeLog(this.#log)
      }
      await tell(sentence)
    } finally {
      exit()
    }
  }
}
