import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { cacheDirectory } from './cache-directory'
import { readIfThere } from './electron-layout'
import { launcherVariables } from './environment'
import { electronPackageDir, electronPackageVersion, findInstalledRuntime } from './installed-runtime'
import type { LaunchContext } from './launch-context'
import { RefusalMemory } from './refusal-memory'
import { reasonOf, runProcess } from './run-process'
import type { ProcessLimits } from './run-process'
import type { RuntimeStepResult } from './runtime'
import { acquireLock } from './start/exclusive-lock.mjs'

/** The archive has some 110 MB: a slow line gets its time as long as bytes arrive, a silent one is given up soon. */
const DOWNLOAD_LIMITS = { timeLimitMs: 20 * 60_000, stallLimitMs: 15_000, pollMs: 250 }

/** Everything that decides where Electron's downloader goes; another value is another question to the network. */
const MIRROR_VARIABLES = ['ELECTRON_MIRROR', 'npm_config_electron_mirror', 'HTTPS_PROXY', 'https_proxy']

/**
 * Step 3: lets the `electron` package download its Electron, which it otherwise does the first time it is asked. It runs
 * as a child with limits, because behind a firewall that drops packets it would wait for minutes; a refusal is
 * remembered for a day.
 */
export async function downloadElectron(
  context: LaunchContext,
  limits: typeof DOWNLOAD_LIMITS = DOWNLOAD_LIMITS,
): Promise<RuntimeStepResult> {
  const version = electronPackageVersion(context)
  const installer = join(electronPackageDir(context), 'install.js')
  if (version === null || readIfThere(installer) === null) {
    return { missing: 'The package electron is not installed, so it cannot download anything. Run: npm ci' }
  }
  if (context.env[launcherVariables.skipDownload]) {
    return { missing: `${launcherVariables.skipDownload} is set, so Electron ${version} is not downloaded.` }
  }
  const subject = [version, ...MIRROR_VARIABLES.map((name) => context.env[name] ?? '')].join(' ')
  const refusals = new RefusalMemory(context, 'electron-download', subject)
  const remembered = refusals.recall()
  if (remembered !== null) return { missing: remembered }

  const cacheDir = cacheDirectory(context)
  mkdirSync(cacheDir, { recursive: true })
  const lock = await acquireLock(join(cacheDir, 'electron-download.lock'), {
    onWait: () => {
      context.say('Waiting for another start of this program, which is downloading Electron.')
    },
  })
  try {
    // While this one waited, the other may have succeeded, or been refused.
    const byAnother = findInstalledRuntime(context)
    if (byAnother.found) return byAnother
    const refusedAnother = refusals.recall()
    if (refusedAnother !== null) return { missing: refusedAnother }
    return await runInstaller(context, { version, installer, cacheDir, refusals, limits })
  } finally {
    lock.release()
  }
}

interface Installation {
  readonly version: string
  readonly installer: string
  readonly cacheDir: string
  readonly refusals: RefusalMemory
  readonly limits: typeof DOWNLOAD_LIMITS
}

async function runInstaller(context: LaunchContext, installation: Installation): Promise<RuntimeStepResult> {
  const { version, installer, cacheDir, refusals, limits } = installation
  context.say(`Downloading Electron ${version} (about 110 MB).`)
  // The installer works in the directory for temporary files: a private one shows how far it is and leaves nothing behind.
  const workDir = join(cacheDir, 'electron-download.partial')
  rmSync(workDir, { recursive: true, force: true })
  mkdirSync(workDir, { recursive: true })
  const env = {
    ...context.env,
    TMPDIR: workDir,
    TEMP: workDir,
    TMP: workDir,
    [launcherVariables.distribution]: undefined,
  }
  const unpackedDir = join(electronPackageDir(context), 'dist')
  const stall: NonNullable<ProcessLimits['stall']> = {
    limitMs: limits.stallLimitMs,
    pollMs: limits.pollMs,
    progress: () => bytesBelow(workDir) + bytesBelow(unpackedDir),
  }
  const result = await runProcess(context, context.nodePath, [installer], {
    cwd: context.projectDir,
    env,
    timeLimitMs: limits.timeLimitMs,
    stall,
  })
  rmSync(workDir, { recursive: true, force: true })

  const installed = findInstalledRuntime(context)
  if (installed.found) {
    refusals.forget()
    const description = `Using Electron ${version}, just downloaded.`
    return { found: { ...installed.found, source: 'downloaded', description } }
  }
  const sentence = `Electron ${version} could not be downloaded: ${reasonOf(result)}.`
  refusals.remember(sentence)
  return { missing: sentence, isNews: true }
}

/** The bytes in all files below a directory, zero if it does not exist. Files may come and go meanwhile. */
function bytesBelow(directory: string): number {
  const stats = statSync(directory, { throwIfNoEntry: false })
  if (stats === undefined) return 0
  if (!stats.isDirectory()) return stats.size
  let names: string[]
  try {
    names = readdirSync(directory)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0
    throw error
  }
  return names.reduce((sum, name) => sum + bytesBelow(join(directory, name)), 0)
}
