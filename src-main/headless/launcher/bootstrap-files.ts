import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readIfThere } from './electron-layout'
import type { LaunchContext } from './launch-context'

/**
 * Puts this program's bootstrap into an unpacked Electron that has none, or has that of an earlier version. Electron
 * takes a directory under this name just as it takes an archive; `resources/app` would also be found, but before a
 * packaged app, which it would hide.
 *
 * @param runtimeDir the directory of the `electron` executable
 */
export function updateBootstrap({ projectDir, pid }: LaunchContext, runtimeDir: string): void {
  const source = join(projectDir, 'resources', 'bootstrap')
  const target = join(runtimeDir, 'resources', 'default_app.asar')
  for (const name of readdirSync(source)) {
    const wanted = readFileSync(join(source, name), 'utf8')
    if (readIfThere(join(target, name)) === wanted) continue
    mkdirSync(target, { recursive: true })
    // By a rename, because another start may be reading it.
    const partial = join(target, `${name}.partial-${String(pid)}`)
    writeFileSync(partial, wanted)
    renameSync(partial, join(target, name))
  }
}
