import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Where the executable lies inside an unpacked Electron, as Electron's own packages name it. */
export function executableIn(platform: NodeJS.Platform): string {
  if (platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron'
  return platform === 'win32' ? 'electron.exe' : 'electron'
}

/** The version that an unpacked Electron states in the file beside its executable, or null if it has none. */
export function versionBeside(executable: string, platform: NodeJS.Platform): string | null {
  const distribution = platform === 'darwin' ? join(dirname(executable), '../../..') : dirname(executable)
  return readIfThere(join(distribution, 'version'))?.trim().replace(/^v/, '') ?? null
}

/** The text of a file, or null if there is no such file. */
export function readIfThere(path: string): string | null {
  return existsSync(path) ? readFileSync(path, 'utf8') : null
}
