import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** The built headless host in a process of its own. */
export interface HeadlessProgram {
  /** With the token. */
  readonly address: string
  /** Without. */
  readonly origin: string
  readonly process: ChildProcess
  /** Ends it as Ctrl+C does. @returns the exit code */
  stop(): Promise<number | null>
}

/** @param more of the command line; without a cluster if not given, which is quicker to come and go */
export async function startHeadless(
  userDataDirectory: string,
  more: readonly string[] = ['--no-cluster'],
): Promise<HeadlessProgram> {
  // From the project, where tests and scripts run: scripts bundle this file away.
  const entry = join(process.cwd(), 'out/main/headless.cjs')
  const args = [entry, 'serve', '--json', '--user-data-dir', userDataDirectory, ...more]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await Promise.race([
    once(createInterface(child.stdout), 'line'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`The headless host ended with ${String(code)} before it served anything.`)
    }),
  ])) as [string]
  const { address } = JSON.parse(line) as { address: string }
  return {
    address,
    origin: new URL(address).origin,
    process: child,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
      const exit = once(child, 'exit') as Promise<[number | null]>
      child.kill('SIGTERM')
      return (await exit)[0]
    },
  }
}
