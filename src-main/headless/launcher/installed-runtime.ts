import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { executableIn, readIfThere, versionBeside } from './electron-layout'
import type { LaunchContext } from './launch-context'
import type { RuntimeStepResult } from './runtime'

/** The directory of the `electron` package of this project. */
export function electronPackageDir({ projectDir }: LaunchContext): string {
  return join(projectDir, 'node_modules', 'electron')
}

/** The version of the `electron` package, or null when it is not installed. */
export function electronPackageVersion(context: LaunchContext): string | null {
  const manifest = readIfThere(join(electronPackageDir(context), 'package.json'))
  return manifest === null ? null : (JSON.parse(manifest) as { version: string }).version
}

/**
 * Step 2: the Electron that the `electron` package has unpacked into itself. Its installer writes `path.txt` last, so
 * without that file, or with another version inside, an unpacking was interrupted or is of an older package.
 */
export function findInstalledRuntime(context: LaunchContext): RuntimeStepResult {
  const version = electronPackageVersion(context)
  if (version === null) return { missing: 'The package electron is not installed. Run: npm ci' }
  const packageDir = electronPackageDir(context)
  const path = join(packageDir, 'dist', executableIn(context.platform))
  const isComplete =
    readIfThere(join(packageDir, 'path.txt')) !== null &&
    existsSync(path) &&
    versionBeside(path, context.platform) === version
  if (!isComplete) return { missing: `The package electron has not downloaded Electron ${version} yet.` }
  return {
    found: { source: 'installed', path, version, description: `Using Electron ${version}, as installed by npm.` },
  }
}
