import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { projectDirectory } from '../../support/capabilities'

/** The command itself, as a person would type it. */
const BIN = join(projectDirectory, 'src-main', 'headless', 'dingo-sandbox.mjs')

/** What a run of the program left behind. */
export interface Run {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs one command line to its end. @param input what it gets on standard input */
export async function runProgram(args: readonly string[], input: string | Uint8Array = ''): Promise<Run> {
  const child = spawn(process.execPath, [BIN, ...args], { stdio: 'pipe' })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  // A command that does not read its input closes it: that is its good right.
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  const [status] = (await once(child, 'close')) as [number | null]
  return { status, stdout, stderr }
}

/** A command that runs until it is ended: it has printed its first line. */
export interface RunningProgram {
  /** The first line that it printed. */
  readonly line: string
  /** Its exit status, when it has ended. */
  readonly ended: Promise<number | null>
  /** SIGTERM. @returns the exit status */
  stop(): Promise<number | null>
}

/** Starts a command that runs until it is ended, and waits for its first line. */
export async function startProgram(args: readonly string[]): Promise<RunningProgram> {
  const child = spawn(process.execPath, [BIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const ended = once(child, 'close').then(([status]) => status as number | null)
  const line = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line').then(([text]) => text as string),
    ended.then((status) => {
      throw new Error(`It ended with status ${String(status)} before it printed anything:\n${stderr}`)
    }),
  ])
  return {
    line,
    ended,
    stop: () => {
      child.kill('SIGTERM')
      return ended
    },
  }
}
