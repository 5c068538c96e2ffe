import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** The one line of JSON that `dingo-sandbox cluster` prints when it is ready. */
export interface ReadyLine {
  readonly coordinators: readonly string[]
  readonly stores: readonly string[]
}

/** A cluster that runs in a program of its own, as a person would start it. */
export interface ClusterProcess {
  readonly pid: number
  readonly ready: ReadyLine
  /** Ms from the start of the program to its line. */
  readonly readyMs: number
  /** SIGKILL: nothing is closed, nothing is flushed. */
  kill(): Promise<void>
  /** SIGTERM: an orderly end. @returns the exit status */
  stop(): Promise<number | null>
}

const root = join(import.meta.dirname, '..', '..')

/** Starts the built command line and waits for its line. The `root` is where the program is built. */
export async function startCluster(args: readonly string[], programRoot = root): Promise<ClusterProcess> {
  const started = performance.now()
  const program = join(programRoot, 'out', 'main', 'dingo-sandbox.cjs')
  const child = spawn(process.execPath, [program, 'cluster', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let complaints = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-4000)
  })
  const line = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line').then(([text]) => text as string),
    once(child, 'exit').then(([status]) => {
      throw new Error(`The cluster ended with status ${String(status)} before it was ready:\n${complaints}`)
    }),
  ])
  return {
    pid: child.pid ?? 0,
    ready: JSON.parse(line) as ReadyLine,
    readyMs: performance.now() - started,
    kill: async () => void (await end(child, 'SIGKILL')),
    stop: () => end(child, 'SIGTERM'),
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  const exited = once(child, 'exit')
  child.kill(signal)
  await exited
  return child.exitCode
}
