import { join } from 'node:path'
import type { LaunchContext } from './launch-context'
import { electronEnvironment, launchWindowProgram, sandboxArgs } from './launch-electron'
import type { ElectronOutcome } from './launch-electron'
import type { Runtime } from './runtime'
import { forgetBuild } from './start/project-build.mjs'

/** Development in the window until it is closed: pages are replaced while they run, and a change of the main process restarts it. */
export function developInWindow(
  context: LaunchContext,
  runtime: Runtime,
  appArgs: readonly string[],
  onStarted?: () => void,
): Promise<ElectronOutcome> {
  // What this leaves in `out/` is a development build, which the next plain start must not take for its own.
  forgetBuild(context.projectDir)
  const builder = join(context.projectDir, 'node_modules/electron-vite/bin/electron-vite.js')
  return launchWindowProgram(context, {
    command: context.nodePath,
    args: [builder, 'dev', '--watch', '--', ...sandboxArgs(context), ...appArgs],
    env: { ...electronEnvironment(context), ELECTRON_EXEC_PATH: runtime.path },
    ...(onStarted !== undefined && { onStarted }),
  })
}
