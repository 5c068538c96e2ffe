import type { LaunchContext } from './launch-context'
import { launchProcess } from './launch-process'
import type { ForegroundProcess } from './launch-process'
import type { Runtime } from './runtime'
import { recognizeStartupFailure } from './startup-failures'
import type { StartupFailure } from './startup-failures'
import { isNoise } from './stderr-noise'

/** A runtime that fails later than this has been running, so its failure is not one of starting. */
const STARTUP_MS = 30_000

/** How the window's program ended. */
export interface ElectronOutcome {
  readonly status: number
  /** Set when it never got as far as a window, for a reason that lies in the machine. */
  readonly failure: StartupFailure | null
}

/** Starts the window with a runtime and waits until it is closed. */
export function launchElectron(
  context: LaunchContext,
  runtime: Runtime,
  appArgs: readonly string[],
  onStarted?: () => void,
): Promise<ElectronOutcome> {
  return launchWindowProgram(context, {
    command: runtime.path,
    // The app comes first: it takes its own arguments from behind its name.
    args: [context.projectDir, ...sandboxArgs(context), ...appArgs],
    env: electronEnvironment(context),
    ...(onStarted !== undefined && { onStarted }),
  })
}

/** Runs a program that opens a window: without the noise of Chromium, and with its failures to start recognized. */
export async function launchWindowProgram(
  context: LaunchContext,
  program: Omit<ForegroundProcess, 'hideLine'>,
): Promise<ElectronOutcome> {
  const startedAtMs = context.nowMs()
  const { status, stderr } = await launchProcess(context, { ...program, hideLine: isNoise })
  const failedAtStart = status !== 0 && context.nowMs() - startedAtMs < STARTUP_MS
  return { status, failure: failedAtStart ? recognizeStartupFailure(stderr, context) : null }
}

/** Chromium refuses to sandbox for the superuser of Linux, and only there has it to be told so. */
export function sandboxArgs({ platform, isRoot }: LaunchContext): string[] {
  return platform === 'linux' && isRoot ? ['--no-sandbox'] : []
}

/** The environment for an Electron. Editors that are Electrons themselves hand down a switch that makes it a plain Node. */
export function electronEnvironment({ env }: LaunchContext): Record<string, string | undefined> {
  return { ...env, ELECTRON_RUN_AS_NODE: undefined }
}
