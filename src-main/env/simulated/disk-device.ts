import type { ErrorCode } from '../../base/error-codes'
import type { SandboxError } from '../../base/sandbox-error'
import type { DiskCapacity, DiskLock } from '../disk'
import type { DiskOperation } from '../disk-error'
import { diskError } from '../disk-error'
import type { Random } from '../random'
import type { CrashOptions } from './crash-options'
import { crashPolicy } from './crash-options'
import type { DelayDistribution } from './delay-distribution'
import { checkDelayDistribution, drawDelayMs } from './delay-distribution'
import { DiskFaults } from './disk-faults'
import type { DiskMount } from './disk-mount'
import type { StoredDirectory } from './stored-directory'
import type { FailureExtent, StoredFile } from './stored-file'
import { StoredTree } from './stored-tree'

/** How long the operations of a simulated disk take. 0, the default, ends them without an event of the clock. */
export interface DiskLatency {
  readonly read?: DelayDistribution
  /** Writes and truncations. */
  readonly write?: DelayDistribution
  /** Syncs of files and of directories. */
  readonly sync?: DelayDistribution
  /** Everything that is about names: open, create, rename, remove, list, status, lock. */
  readonly name?: DelayDistribution
}

/** An operation that ended, for a trace. */
export interface DiskEvent {
  readonly operation: DiskOperation
  readonly path: string
  /** Absent when it succeeded. */
  readonly error?: ErrorCode
}

/** Where a run of a process is to be cut off. */
export interface CrashPoint {
  /** Which mutation of this disk, counted from 1 since the disk was made; see {@link DiskDevice.mutationCount}. */
  readonly mutation: number
  /** `before`: the operation does not happen. `after`: it does, and a sync is complete, but its caller never hears of it. */
  readonly moment: 'before' | 'after'
  readonly options?: CrashOptions
  /** Told at once, before anything else of the simulation runs. */
  readonly onCrash?: () => void
}

type LatencyClass = keyof DiskLatency | 'none'

const LATENCY_CLASS: Readonly<Record<DiskOperation, LatencyClass>> = {
  open: 'name',
  create: 'name',
  read: 'read',
  write: 'write',
  truncate: 'write',
  sync: 'sync',
  size: 'none',
  close: 'none',
  rename: 'name',
  remove: 'name',
  list: 'name',
  'make-directory': 'name',
  status: 'name',
  capacity: 'none',
  'sync-directory': 'sync',
  lock: 'name',
}

/** The operations between which a crash makes a difference. */
const MUTATIONS: ReadonlySet<DiskOperation> = new Set([
  'create',
  'write',
  'truncate',
  'sync',
  'rename',
  'remove',
  'make-directory',
  'sync-directory',
])

/** The device behind a simulated disk: what is stored, what goes wrong, what is counted. It outlives the processes that use it. */
export class DiskDevice {
  readonly tree = new StoredTree()
  readonly random: Random
  readonly faults: DiskFaults
  crashPoint: CrashPoint | undefined
  trace: ((event: DiskEvent) => void) | undefined
  readonly #capacityBytes: number
  readonly #latency: DiskLatency
  readonly #locks = new Map<StoredDirectory, DiskMount>()
  readonly #mounts = new Set<DiskMount>()
  readonly #dirtyFiles = new Set<StoredFile>()
  #usedBytes = 0
  #operationCount = 0
  #mutationCount = 0
  #crashCount = 0

  constructor(random: Random, options: { readonly capacityBytes?: number; readonly latency?: DiskLatency }) {
    this.random = random
    this.faults = new DiskFaults(random.fork('faults'))
    this.#capacityBytes = options.capacityBytes ?? Infinity
    this.#latency = options.latency ?? {}
    for (const distribution of Object.values(this.#latency) as DelayDistribution[]) checkDelayDistribution(distribution)
  }

  /** How many operations have arrived, those of all processes and the failed ones included. */
  get operationCount(): number {
    return this.#operationCount
  }

  /** How many of them could change what a crash leaves: creations, writes, truncations, syncs, renames, removals, new directories. */
  get mutationCount(): number {
    return this.#mutationCount
  }

  get crashCount(): number {
    return this.#crashCount
  }

  /** Bytes in files that have a name or an open handle. */
  get usedBytes(): number {
    return this.#usedBytes
  }

  /** Undefined if it has no limit. */
  get capacity(): DiskCapacity | undefined {
    const totalBytes = this.#capacityBytes
    return totalBytes === Infinity ? undefined : { totalBytes, freeBytes: Math.max(0, totalBytes - this.#usedBytes) }
  }

  addMount(mount: DiskMount): void {
    this.#mounts.add(mount)
  }

  /** Ends the use of the disk by a process; what it wrote stays as it is, unsynced where it was unsynced. */
  endMount(mount: DiskMount): void {
    this.#mounts.delete(mount)
    mount.end()
  }

  /** The machine loses power. */
  crash(options: CrashOptions): void {
    this.#crashCount++
    for (const mount of [...this.#mounts]) this.endMount(mount)
    const policy = crashPolicy(options)
    this.tree.journal.crash(policy, this.random)
    for (const file of this.#dirtyFiles) file.crash(policy, this.random)
    this.#dirtyFiles.clear()
    this.#usedBytes = 0
    for (const file of this.tree.filesBelow(this.tree.root)) this.#usedBytes += file.visible.size
  }

  /** Counts an operation and crashes before it where that was asked for. Returns its number among the mutations, or 0. */
  operationArrives(operation: DiskOperation): number {
    this.#operationCount++
    if (!MUTATIONS.has(operation)) return 0
    const number = ++this.#mutationCount
    if (this.crashPoint?.mutation === number && this.crashPoint.moment === 'before') this.#crashAt(this.crashPoint)
    return number
  }

  /** Traces an operation and crashes after it where that was asked for. */
  operationDone(number: number, operation: DiskOperation, path: string, error: SandboxError | undefined): void {
    this.trace?.(error === undefined ? { operation, path } : { operation, path, error: error.code })
    if (number === 0 || this.crashPoint?.mutation !== number || this.crashPoint.moment !== 'after') return
    this.#crashAt(this.crashPoint)
  }

  latencyMs(operation: DiskOperation): number {
    const latencyClass = LATENCY_CLASS[operation]
    if (latencyClass === 'none') return 0
    const distribution = this.#latency[latencyClass]
    return distribution === undefined ? 0 : drawDelayMs(distribution, this.random)
  }

  /** How far up to `end` the file may reach with the space that is left. */
  roomFor(file: StoredFile, end: number): number {
    return Math.min(end, Math.max(0, file.visible.size + this.#capacityBytes - this.#usedBytes))
  }

  writeFile(file: StoredFile, position: number, bytes: Uint8Array): number {
    return this.#changeFile(file, () => file.write(position, bytes))
  }

  truncateFile(file: StoredFile, size: number): number {
    return this.#changeFile(file, () => file.truncate(size))
  }

  syncFile(file: StoredFile, through: number, extent: FailureExtent): void {
    file.synced(through, extent, this.random)
    if (!file.isDirty) this.#dirtyFiles.delete(file)
  }

  /** A file has lost its name. */
  fileUnlinked(file: StoredFile): void {
    file.unlinked = true
    this.#releaseSpace(file)
  }

  handleClosed(file: StoredFile): void {
    file.openHandles--
    this.#releaseSpace(file)
  }

  lock(mount: DiskMount, directory: StoredDirectory, path: string): DiskLock {
    if (this.#locks.has(directory)) {
      throw diskError('DISK_LOCKED', 'lock', path, 'another holder in this simulation has the lock of the directory')
    }
    this.#locks.set(directory, mount)
    let released = false
    return {
      release: () => {
        if (!released && this.#locks.get(directory) === mount) this.#locks.delete(directory)
        released = true
        return Promise.resolve()
      },
    }
  }

  releaseLocksOf(mount: DiskMount): void {
    for (const [directory, holder] of this.#locks) if (holder === mount) this.#locks.delete(directory)
  }

  /** Turns over bits at random places. */
  flipBits(bytes: Uint8Array, bits: number): void {
    if (bytes.length === 0) return
    for (let flipped = 0; flipped < bits; flipped++) {
      const position = this.random.integer(0, bytes.length - 1)
      bytes[position] = (bytes[position] ?? 0) ^ (1 << this.random.integer(0, 7))
    }
  }

  #crashAt(point: CrashPoint): void {
    this.crashPoint = undefined
    this.crash(point.options ?? {})
    point.onCrash?.()
  }

  #changeFile(file: StoredFile, change: () => number): number {
    const sizeBefore = file.visible.size
    const sequence = change()
    this.#usedBytes += file.visible.size - sizeBefore
    this.#dirtyFiles.add(file)
    return sequence
  }

  #releaseSpace(file: StoredFile): void {
    if (!file.unlinked || file.openHandles > 0 || file.released) return
    file.released = true
    this.#usedBytes -= file.visible.size
  }
}
