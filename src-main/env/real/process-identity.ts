import { readFile, readlink } from 'node:fs/promises'
import { hostname } from 'node:os'

/**
 * What tells one process from every other one, as far as the system lets Node see it. Empty strings stand for what it does
 * not tell: only Linux names more than the process id.
 */
export interface ProcessIdentity {
  readonly pid: number
  readonly host: string
  /** Differs between machines of the same name. */
  readonly machineId: string
  /** Differs after each start of the machine. */
  readonly bootId: string
  /** Process ids mean something within one namespace only; each container has its own. */
  readonly pidNamespace: string
  /** When the process started, in ticks since the machine did: a process id that was given out again has another. */
  readonly startTicks: string
}

/** The identity of this process. */
export async function ownIdentity(): Promise<ProcessIdentity> {
  return {
    pid: process.pid,
    host: hostname(),
    machineId: await textOrEmpty(() => readFile('/etc/machine-id', 'utf8')),
    bootId: await textOrEmpty(() => readFile('/proc/sys/kernel/random/boot_id', 'utf8')),
    pidNamespace: await textOrEmpty(() => readlink('/proc/self/ns/pid')),
    startTicks: (await linuxStatus(process.pid))?.startTicks ?? '',
  }
}

/** False only if the process is certainly dead; what cannot be judged from here counts as alive. */
export async function mayBeAlive(other: ProcessIdentity, own: ProcessIdentity): Promise<boolean> {
  if (other.host !== own.host || other.machineId !== own.machineId) return true
  if (other.bootId !== own.bootId) return other.bootId === '' || own.bootId === ''
  if (other.pidNamespace !== own.pidNamespace) return true
  if (!pidExists(other.pid)) return false
  const status = await linuxStatus(other.pid)
  if (status === undefined || other.startTicks === '') return true
  return status.startTicks === other.startTicks && !status.hasEnded
}

/** True only if this very process is certainly alive: never for another that was given its id. */
export async function isAliveForCertain(other: ProcessIdentity, own: ProcessIdentity): Promise<boolean> {
  if (other.startTicks === '' || other.bootId === '' || other.pidNamespace === '') return false
  if (other.host !== own.host || other.machineId !== own.machineId) return false
  if (other.bootId !== own.bootId || other.pidNamespace !== own.pidNamespace) return false
  const status = await linuxStatus(other.pid)
  return status !== undefined && status.startTicks === other.startTicks && !status.hasEnded
}

function pidExists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}

/** What Linux tells of a process; undefined elsewhere, and where the process is gone or hidden. */
async function linuxStatus(pid: number): Promise<{ startTicks: string; hasEnded: boolean } | undefined> {
  const text = await textOrEmpty(() => readFile(`/proc/${String(pid)}/stat`, 'utf8'))
  // proc(5): the name in parentheses may hold anything, so fields are counted from behind it: state is 3, start time is 22.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const state = fields[0]
  const startTicks = fields[19]
  if (text === '' || state === undefined || startTicks === undefined) return undefined
  return { startTicks, hasEnded: state === 'Z' || state === 'X' }
}

async function textOrEmpty(read: () => Promise<string>): Promise<string> {
  try {
    return (await read()).trim()
  } catch {
    // Not every system has the file; callers treat an empty text as not known.
    return ''
  }
}
