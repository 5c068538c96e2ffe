import { randomUUID } from 'node:crypto'
import * as fs from 'node:fs/promises'
import { SandboxError } from '../../base/sandbox-error'
import type { DiskLock } from '../disk'
import { diskError } from '../disk-error'
import { joinPath } from '../disk-path'
import { diskIoError, systemErrorName } from './disk-io-error'
import type { LockRecord, LockWorld } from './lock-protocol'
import { giveBackLock, lockedError, takeLock } from './lock-protocol'
import type { ProcessIdentity } from './process-identity'
import { isAliveForCertain, mayBeAlive, ownIdentity } from './process-identity'

/** The file in a directory that says who holds its lock. */
export const LOCK_FILE_NAME = '.sandbox-lock'

/** The directories that this thread holds or is about to: refused even if somebody deleted the lock's file. */
const heldHere = new Set<string>()

/**
 * Takes the lock of an existing directory; see {@link takeLock}. Node offers no lock that dies with its holder, so the
 * file names the holder, and what a dead one left is broken. A holder that cannot be judged (on another machine, in
 * another container) counts as alive.
 *
 * @param directory normalized
 * @throws SandboxError DISK_LOCKED, DISK_IO
 */
export async function lockDirectory(directory: string): Promise<DiskLock> {
  const key = await fs.realpath(directory)
  const lockFile = joinPath(directory, LOCK_FILE_NAME)
  if (heldHere.has(key)) throw lockedError(lockFile, `this program (process ${String(process.pid)})`)
  heldHere.add(key)
  const own = await ownIdentity()
  const mine: LockRecord<ProcessIdentity> = { token: randomUUID(), process: own }
  const world = fileWorld(lockFile, own)
  try {
    await takeLock(world, lockFile, mine)
  } catch (error) {
    heldHere.delete(key)
    throw error
  }
  let release: Promise<void> | undefined
  return {
    release: () => {
      release ??= giveBackLock(world, lockFile, mine).finally(() => heldHere.delete(key))
      return release
    },
  }
}

/** Who holds the lock of a directory at this moment. */
export interface LockHolder {
  readonly pid: number
  /** Whether it is certainly that very process; else another one may have its id by now, or it may be on another machine. */
  readonly isCertain: boolean
}

/** The holder of a directory's lock; undefined if nobody holds it, or a process that is certainly dead. @throws SandboxError DISK_LOCKED, DISK_IO */
export async function lockHolder(directory: string): Promise<LockHolder | undefined> {
  const lockFile = joinPath(directory, LOCK_FILE_NAME)
  const own = await ownIdentity()
  const holder = (await fileWorld(lockFile, own).read(lockFile))?.process
  if (holder === undefined || !(await mayBeAlive(holder, own))) return undefined
  return { pid: holder.pid, isCertain: await isAliveForCertain(holder, own) }
}

function fileWorld(lockFile: string, own: ProcessIdentity): LockWorld<ProcessIdentity> {
  const failed = (error: unknown): SandboxError => diskIoError('lock', lockFile, error)
  return {
    async createExclusively(name, record) {
      const complete = `${lockFile}.${record.token}.new`
      try {
        await writeDurably(complete, JSON.stringify(record))
        // A link is given to a name in one step, with its content, and only if the name is free.
        await fs.link(complete, name)
        return true
      } catch (error) {
        if (systemErrorName(error) === 'EEXIST') return false
        throw failed(error)
      } finally {
        await fs.rm(complete, { force: true })
      }
    },
    async read(name) {
      let text: string
      try {
        text = await fs.readFile(name, 'utf8')
      } catch (error) {
        if (systemErrorName(error) === 'ENOENT') return undefined
        throw failed(error)
      }
      return parseRecord(text) ?? unreadable(name)
    },
    rename: (from, to) =>
      fs.rename(from, to).catch((error: unknown) => {
        throw failed(error)
      }),
    remove: (name) => fs.rm(name, { force: true }),
    mayBeAlive: (other) => mayBeAlive(other, own),
    describe: ({ pid, host }) => `process ${String(pid)} on ${host}`,
  }
}

/** Complete before it is linked, even through a loss of power: an empty lock file would name nobody. */
async function writeDurably(path: string, text: string): Promise<void> {
  const handle = await fs.open(path, 'w')
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const IDENTITY_TEXTS = ['host', 'machineId', 'bootId', 'pidNamespace', 'startTicks'] as const

function parseRecord(text: string): LockRecord<ProcessIdentity> | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // Not ours, or damaged: the caller treats it as a holder that cannot be judged.
    return undefined
  }
  if (!isObject(value) || typeof value['token'] !== 'string') return undefined
  const holder = value['process']
  if (!isObject(holder) || typeof holder['pid'] !== 'number') return undefined
  if (IDENTITY_TEXTS.some((name) => typeof holder[name] !== 'string')) return undefined
  return { token: value['token'], process: holder as unknown as ProcessIdentity }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function unreadable(name: string): never {
  const { details } = diskError('DISK_LOCKED', 'lock', name)
  throw new SandboxError(
    'DISK_LOCKED',
    `The lock file ${name} does not tell who holds the directory. If no other program uses it, delete the file.`,
    { details },
  )
}
