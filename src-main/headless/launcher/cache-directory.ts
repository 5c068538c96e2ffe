import { join } from 'node:path'
import { launcherVariables } from './environment'
import type { LaunchContext } from './launch-context'

const FOLDER = 'dingodb-store-sandbox'

/** The directory for what can be fetched again, where each operating system wants it. It may not exist yet. */
export function cacheDirectory({ env, platform, homeDir }: LaunchContext): string {
  const chosen = env[launcherVariables.cacheDir]
  if (chosen) return chosen
  if (platform === 'darwin') return join(homeDir, 'Library', 'Caches', FOLDER)
  if (platform === 'win32') return join(env['LOCALAPPDATA'] || join(homeDir, 'AppData', 'Local'), FOLDER)
  return join(env['XDG_CACHE_HOME'] || join(homeDir, '.cache'), FOLDER)
}
