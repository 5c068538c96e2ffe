import { SandboxError } from '../../base/sandbox-error'
import { diskError } from '../disk-error'

/**
 * The holder of a lock as its file tells it. `process` is whatever lets another program judge whether the holder still
 * lives; `token` is drawn anew for each attempt and never used again.
 */
export interface LockRecord<P> {
  readonly token: string
  readonly process: P
}

/** What the protocol needs of the world. Each operation is atomic in itself; between two of them anything may happen. */
export interface LockWorld<P> {
  /** Gives the file `name` with this record, complete from its first moment, unless the name is taken: then false. */
  createExclusively(name: string, record: LockRecord<P>): Promise<boolean>
  /** The record in a file; undefined if there is no such file. @throws when the file is not a record of ours */
  read(name: string): Promise<LockRecord<P> | undefined>
  /** Gives `to` what is at `from`, replacing what was there, in one step. */
  rename(from: string, to: string): Promise<void>
  remove(name: string): Promise<void>
  /** Whether the process may still be alive. False only if it is certainly dead. */
  mayBeAlive(process: P): Promise<boolean>
  describe(process: P): string
}

/** A person may delete lock files while somebody looks; a holder that comes and goes this often is a defect. */
const MAX_ATTEMPTS = 100

/**
 * Takes the lock `name` for `mine`, breaking that of a dead holder.
 *
 * A lock file is created with its record in it and belongs to who created it. What a dead holder left is not removed: it
 * is *replaced*, in one step, by who holds the claim to it. The claim is a file whose name ends in the dead holder's token,
 * itself taken by this same protocol, so a claimer that dies is replaced in turn. Only one process holds a claim at a
 * time; while it does, nobody else may touch the lock that the claim is to; and a token is never used again, so a claim
 * to a lock that has moved on is seen to be too late. Therefore two processes never both believe that they broke a lock,
 * however slow either is between two steps.
 *
 * @throws SandboxError DISK_LOCKED naming the holder
 */
export async function takeLock<P>(world: LockWorld<P>, name: string, mine: LockRecord<P>): Promise<void> {
  await take(world, name, name, mine)
}

/** @param base the name of the lock; `slot` is it, or a claim */
async function take<P>(world: LockWorld<P>, base: string, slot: string, mine: LockRecord<P>): Promise<void> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    if (await world.createExclusively(slot, mine)) return
    const holder = await world.read(slot)
    if (holder === undefined) continue
    if (await world.mayBeAlive(holder.process)) throw lockedError(base, world.describe(holder.process))
    if (await replaceDead(world, base, slot, holder.token, mine)) return
  }
  throw lockedError(base, 'holders that come and go')
}

async function replaceDead<P>(
  world: LockWorld<P>,
  base: string,
  slot: string,
  deadToken: string,
  mine: LockRecord<P>,
): Promise<boolean> {
  const claim = `${base}.${deadToken}`
  await take(world, base, claim, mine)
  let isPending = true
  try {
    if ((await world.read(slot))?.token !== deadToken) return false
    await world.rename(claim, slot)
    isPending = false
    return true
  } finally {
    if (isPending) await world.remove(claim)
  }
}

/** Gives the lock back, unless a person deleted its file and somebody else has it now. */
export async function giveBackLock<P>(world: LockWorld<P>, name: string, mine: LockRecord<P>): Promise<void> {
  if ((await world.read(name))?.token === mine.token) await world.remove(name)
}

export function lockedError(lockFile: string, holder: string): SandboxError {
  const { code, details } = diskError('DISK_LOCKED', 'lock', lockFile)
  return new SandboxError(
    code,
    `The directory is in use by ${holder}. Stop it first; only if no such program runs any more, delete the file ${lockFile}.`,
    { details: { ...details, holder } },
  )
}
