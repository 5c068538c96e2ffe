import { spawn } from 'node:child_process'
import type { ChildProcess, SpawnOptions } from 'node:child_process'
import { homedir } from 'node:os'

/**
 * @param reachedChildren whether the children got the signal too, as they do from a terminal; to hand it on would then be
 *   a second one, which means "at once" to them
 */
export type SignalHandler = (signal: NodeJS.Signals, reachedChildren: boolean) => void

/** Everything about the machine that the launcher depends on, so that a test can be any machine. */
export interface LaunchContext {
  /** The directory of package.json, absolute. */
  readonly projectDir: string
  readonly platform: NodeJS.Platform
  /** As in `process.arch`. */
  readonly arch: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly homeDir: string
  /** Whether this runs as the superuser of a Unix. */
  readonly isRoot: boolean
  /** The running Node, for children that are scripts. */
  readonly nodePath: string
  /** The program's pid as others see it, to name private directories. */
  readonly pid: number
  readonly spawn: (command: string, args: readonly string[], options: SpawnOptions) => ChildProcess
  /** Reports requests to end this process until the returned function is called; without it they end it at once. */
  readonly onSignal: (handle: SignalHandler) => () => void
  /** Wall clock in milliseconds since 1970. */
  readonly nowMs: () => number
  /** Tells the person one sentence, on standard error: standard output belongs to what is launched. */
  readonly say: (sentence: string) => void
}

/** The machine that this process really runs on. */
export function createLaunchContext(projectDir: string): LaunchContext {
  return {
    projectDir,
    platform: process.platform,
    arch: process.arch,
    env: process.env,
    homeDir: homedir(),
    isRoot: process.getuid?.() === 0,
    nodePath: process.execPath,
    pid: process.pid,
    spawn,
    onSignal: listenToSignals,
    nowMs: () => Date.now(),
    say: (sentence) => {
      console.error(sentence)
    },
  }
}

function listenToSignals(handle: SignalHandler): () => void {
  const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP']
  const listener = (signal: NodeJS.Signals): void => {
    handle(signal, signal === 'SIGINT' && process.stdin.isTTY)
  }
  for (const signal of signals) process.on(signal, listener)
  return () => {
    for (const signal of signals) process.off(signal, listener)
  }
}
