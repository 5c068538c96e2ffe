import { constants } from 'node:os'
import { createInterface } from 'node:readline'
import type { LaunchContext } from './launch-context'

/** Of the standard error, this much of the end is kept to recognize why a process failed. */
const KEPT_LINES = 200

/** A program in the foreground: it owns the terminal, gets our signals, and its end is ours. */
export interface ForegroundProcess {
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** Lines of its standard error that are not shown. Without it that stream goes to the terminal untouched. */
  readonly hideLine?: (line: string) => boolean
  /** Called once it has been started. */
  readonly onStarted?: () => void
}

export interface ForegroundResult {
  /** Its exit status as a shell counts: 128 and the number of the signal if one ended it, 127 if it did not start. */
  readonly status: number
  /** The last lines of its standard error, hidden ones included; empty when `hideLine` is not given. */
  readonly stderr: string
}

/** Runs a program in the foreground to its end. It never rejects. */
export function launchProcess(context: LaunchContext, program: ForegroundProcess): Promise<ForegroundResult> {
  const { command, args, env, hideLine } = program
  return new Promise((resolve) => {
    const child = context.spawn(command, args, {
      env: { ...env },
      stdio: ['inherit', 'inherit', hideLine === undefined ? 'inherit' : 'pipe'],
    })
    const stopListening = context.onSignal((signal, reachedChildren) => {
      if (!reachedChildren) child.kill(signal)
    })
    const lines: string[] = []
    if (hideLine !== undefined && child.stderr !== null) {
      createInterface({ input: child.stderr, crlfDelay: Infinity }).on('line', (line) => {
        lines.push(line)
        if (lines.length > KEPT_LINES) lines.shift()
        if (!hideLine(line)) context.say(line)
      })
    }
    child.once('spawn', () => program.onStarted?.())
    child.once('error', (error) => {
      stopListening()
      resolve({ status: 127, stderr: error.message })
    })
    child.once('close', (code, signal) => {
      stopListening()
      resolve({ status: code ?? 128 + (signal === null ? 0 : constants.signals[signal]), stderr: lines.join('\n') })
    })
  })
}
