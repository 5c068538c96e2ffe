import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** The one line of JSON that `dingo-sandbox cluster` prints when it is ready, as far as tests look at it. */
export interface ReadyLine {
  readonly coordinators: readonly string[]
  readonly stores: readonly string[]
  readonly directory: string
  readonly nodes: ReadonlyArray<{
    readonly id: string
    readonly name: string
    readonly state: string
    readonly error: { readonly code: string } | null
  }>
}

/** A cluster that was started in a program of its own, as a person would start it; it may not be ready yet. */
export interface LaunchedCluster {
  readonly pid: number
  /** Its line. Rejects, with what it complained of, if it ends before. */
  readonly ready: Promise<ReadyLine>
  /** What it wrote to standard error so far; the end of it if it is much. */
  complaints(): string
  /** SIGKILL: nothing is closed, nothing is flushed. */
  kill(): Promise<void>
  /** SIGTERM: an orderly end. @returns the exit status */
  stop(): Promise<number | null>
}

/** A cluster that is ready. */
export interface ClusterProcess extends Omit<LaunchedCluster, 'ready'> {
  readonly ready: ReadyLine
  /** Ms from the start of the program to its line. */
  readonly readyMs: number
}

const root = join(import.meta.dirname, '..', '..')

/**
 * Starts the built command line, and waits for nothing.
 *
 * @param programRoot where the program is built
 * @param environment variables beside this process's own
 */
export function launchCluster(
  args: readonly string[],
  programRoot = root,
  environment: Readonly<Record<string, string>> = {},
): LaunchedCluster {
  const program = join(programRoot, 'out', 'main', 'dingo-sandbox.cjs')
  const child = spawn(process.execPath, [program, 'cluster', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  })
  let complaints = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-4000)
  })
  const ready = Promise.race([
    once(createInterface({ input: child.stdout }), 'line').then(([text]) => JSON.parse(text as string) as ReadyLine),
    once(child, 'close').then(([status]) => {
      throw new Error(`The cluster ended with status ${String(status)} before it was ready:\n${complaints}`)
    }),
  ])
  // Who does not wait for it does not hear that it failed.
  ready.catch(() => undefined)
  return {
    pid: child.pid ?? 0,
    ready,
    complaints: () => complaints,
    kill: async () => void (await end(child, 'SIGKILL')),
    stop: () => end(child, 'SIGTERM'),
  }
}

/** Starts the built command line and waits until it is ready. Parameters as {@link launchCluster} has them. */
export async function startCluster(
  args: readonly string[],
  programRoot = root,
  environment: Readonly<Record<string, string>> = {},
): Promise<ClusterProcess> {
  const started = performance.now()
  const launched = launchCluster(args, programRoot, environment)
  const ready = await launched.ready
  return { ...launched, ready, readyMs: performance.now() - started }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  const exited = once(child, 'exit')
  child.kill(signal)
  await exited
  return child.exitCode
}
