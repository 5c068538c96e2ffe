import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { executableIn, versionBeside } from './electron-layout'
import { launcherVariables } from './environment'
import type { LaunchContext } from './launch-context'
import type { RuntimeStepResult } from './runtime'

/** Step 1: the Electron that the person names in the environment. It is taken as it is, whatever its version. */
export function findOverrideRuntime(context: LaunchContext): RuntimeStepResult {
  const named = namedExecutable(context)
  if (named === null) {
    return { missing: `Neither ${launcherVariables.executable} nor ${launcherVariables.distribution} is set.` }
  }
  const { variable, path } = named
  if (!existsSync(path)) {
    const missing = `${variable} leads to ${path}, where there is nothing. Correct it, or unset it: unset ${variable}`
    return { missing, isNews: true }
  }
  const version = versionBeside(path, context.platform)
  const description = `Using Electron ${version ?? '(version unknown)'} from ${variable}: ${path}`
  return { found: { source: 'override', path, version, description } }
}

function namedExecutable({ env, platform }: LaunchContext): { variable: string; path: string } | null {
  const executable = env[launcherVariables.executable]
  if (executable) return { variable: launcherVariables.executable, path: resolve(executable) }
  const distribution = env[launcherVariables.distribution]
  if (!distribution) return null
  return { variable: launcherVariables.distribution, path: resolve(join(distribution, executableIn(platform))) }
}
