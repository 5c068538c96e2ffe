import { stripVTControlCharacters } from 'node:util'
import type { LaunchContext } from './launch-context'

/** Of what a process printed, this much of the end is kept: enough for the reason of a failure. */
const KEPT_OUTPUT_CHARACTERS = 64 * 1024

/** How a process ended. */
export interface ProcessResult {
  /** Its exit status; null when a signal ended it or it could not be started. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** Why it was ended from here, as a phrase; null when it ended by itself. */
  readonly stopped: string | null
}

export interface ProcessLimits {
  readonly timeLimitMs: number
  /** Ends the process when what it works on stops growing for this long. */
  readonly stall?: { readonly limitMs: number; readonly pollMs: number; readonly progress: () => number }
}

export interface ProcessOptions extends ProcessLimits {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Runs a process to its end, or until a limit ends it. It never rejects: what cannot be started has a null code. */
export function runProcess(
  context: LaunchContext,
  command: string,
  args: readonly string[],
  options: ProcessOptions,
): Promise<ProcessResult> {
  return new Promise((resolve) => {
    const child = context.spawn(command, args, {
      cwd: options.cwd,
      env: { ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    })
    const output = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.setEncoding('utf8').on('data', (text: string) => {
        output[name] = (output[name] + text).slice(-KEPT_OUTPUT_CHARACTERS)
      })
    }

    let stopped: string | null = null
    const stop = (reason: string): void => {
      stopped ??= reason
      child.kill('SIGKILL')
    }
    const cancelLimits = watchLimits(options, context.nowMs, stop)
    child.once('error', (error) => {
      cancelLimits()
      resolve({ code: null, ...output, stderr: error.message, stopped })
    })
    child.once('close', (code) => {
      cancelLimits()
      resolve({ code, ...output, stopped })
    })
  })
}

function watchLimits({ timeLimitMs, stall }: ProcessLimits, nowMs: () => number, stop: (reason: string) => void) {
  const timeLimit = setTimeout(() => {
    stop(`it was not done after ${inSeconds(timeLimitMs)}`)
  }, timeLimitMs)
  if (stall === undefined) return () => clearTimeout(timeLimit)

  let lastProgress = stall.progress()
  let lastProgressAtMs = nowMs()
  const poll = setInterval(() => {
    const progress = stall.progress()
    if (progress !== lastProgress) {
      lastProgress = progress
      lastProgressAtMs = nowMs()
    } else if (nowMs() - lastProgressAtMs >= stall.limitMs) {
      stop(`nothing arrived for ${inSeconds(stall.limitMs)}`)
    }
  }, stall.pollMs)
  return () => {
    clearTimeout(timeLimit)
    clearInterval(poll)
  }
}

function inSeconds(durationMs: number): string {
  return `${String(Math.round(durationMs / 1000))} s`
}

/** The one line of a failed process that says most: the first that names an error, without ANSI colours. */
export function reasonOf({ code, stderr, stopped }: ProcessResult): string {
  if (stopped !== null) return stopped
  const lines = stripVTControlCharacters(stderr).split('\n')
  const telling =
    lines.find((line) => /error|denied|refused|not found|no space/i.test(line)) ?? lines.find((line) => line.trim())
  const line = telling?.trim().replace(/^(npm (error|ERR!)|(Type)?Error:|tar:)\s*/, '')
  return line || `it ended with status ${String(code)}`
}
