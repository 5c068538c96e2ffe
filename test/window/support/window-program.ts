import { spawn } from 'node:child_process'
import { _electron } from 'playwright-core'
import type { ElectronApplication, Page } from 'playwright-core'
import type { TestContext } from 'vitest'
import { projectDirectory, requireCapability } from '../../support/capabilities'

/** The built program in a real Electron. */
export interface WindowProgram {
  readonly app: ElectronApplication
  readonly page: Page
}

const languageEnvironment = { LANG: 'en_US.UTF-8', LANGUAGE: 'en_US' }

/** What stands on the command line behind Electron itself. Chromium does not sandbox for the superuser of Linux. */
function programArgs(userDataDirectory: string, more: readonly string[] = []): string[] {
  const asRoot = process.platform === 'linux' && process.getuid?.() === 0
  return [...(asRoot ? ['--no-sandbox'] : []), projectDirectory, `--user-data-dir=${userDataDirectory}`, ...more]
}

/**
 * Starts the program and waits for its page.
 *
 * @param more of the command line; without a cluster if not given, which is quicker to come and go
 */
export async function startWindow(
  context: TestContext,
  userDataDirectory: string,
  more: readonly string[] = ['--no-cluster'],
): Promise<WindowProgram> {
  const executablePath = await requireCapability(context, 'electron')
  await requireCapability(context, 'display')
  const env = { ...process.env, ...languageEnvironment } as Record<string, string>
  const app = await _electron.launch({ executablePath, args: programArgs(userDataDirectory, more), env })
  const page = await app.firstWindow()
  await page.getByRole('heading', { level: 1 }).waitFor()
  return { app, page }
}

/** A start of the program of which only the end matters, or the words on the way to it. */
export interface ProgramRun {
  /** Resolves with the exit code; null if it was killed. */
  readonly exit: Promise<number | null>
  readonly output: () => string
  /** Resolves when the output matches; rejects when the program ends without. */
  saying(pattern: RegExp): Promise<void>
  /** With SIGKILL, unless another signal is named. */
  kill(signal?: NodeJS.Signals): void
}

export async function runWindow(
  context: TestContext,
  userDataDirectory: string,
  more: readonly string[] = [],
): Promise<ProgramRun> {
  const executablePath = await requireCapability(context, 'electron')
  await requireCapability(context, 'display')
  const child = spawn(executablePath, programArgs(userDataDirectory, more), {
    env: { ...process.env, ...languageEnvironment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const listeners = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      for (const listener of listeners) listener()
    })
  }
  const exit = new Promise<number | null>((resolve) => child.once('close', resolve))
  return {
    exit,
    output: () => output,
    saying: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (pattern.test(output)) resolve()
        }
        listeners.add(look)
        look()
        void exit.then((code) => {
          look()
          reject(new Error(`The program ended with ${String(code)} and did not say ${String(pattern)}:\n${output}`))
        })
      }),
    kill: (signal = 'SIGKILL') => child.kill(signal),
  }
}
