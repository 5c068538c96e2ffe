import { join } from 'node:path'
import { program } from './program'

/** What the choice of a user's data directory depends on. */
export interface UserDataSurroundings {
  /** As Node names it: `linux`, `darwin`, `win32`. */
  readonly operatingSystem: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly homeDirectory: string
}

/**
 * Where a program keeps a person's data by the custom of the operating system. The same directory that Electron uses, so
 * that the window and the headless host find the same workspace and preferences.
 */
export function userDataDirectory({ operatingSystem, environment, homeDirectory }: UserDataSurroundings): string {
  return join(applicationDataDirectory(), program.name)

  function applicationDataDirectory(): string {
    switch (operatingSystem) {
      case 'darwin':
        return join(homeDirectory, 'Library', 'Application Support')
      case 'win32':
        return environment['APPDATA'] || join(homeDirectory, 'AppData', 'Roaming')
      default:
        return environment['XDG_CONFIG_HOME'] || join(homeDirectory, '.config')
    }
  }
}
