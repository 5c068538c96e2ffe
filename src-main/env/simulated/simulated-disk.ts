import type { Clock } from '../clock'
import type { DirectoryEntry, Disk, DiskCapacity, DiskFile, DiskLock, FileStatus, OpenOptions } from '../disk'
import { diskError } from '../disk-error'
import { normalizePath } from '../disk-path'
import type { Random } from '../random'
import type { CrashOptions } from './crash-options'
import type { CrashPoint, DiskEvent, DiskLatency } from './disk-device'
import { DiskDevice } from './disk-device'
import type { DiskFaults } from './disk-faults'
import { DiskMount } from './disk-mount'
import { SimulatedClock } from './simulated-clock'
import type { StoredFile } from './stored-file'

/** How a simulated disk is made. */
export interface SimulatedDiskOptions {
  /** Decides all that is left to chance: what survives a crash, which operations fail, how long they take. */
  readonly random: Random
  /** Lets latencies and delays pass. Default: a clock of the disk's own, which nobody drives, for disks without them. */
  readonly clock?: Clock
  /** Default: every operation ends at once. */
  readonly latency?: DiskLatency
  /** Bytes that fit, names not counted; beyond them operations fail with DISK_FULL. Default: no limit. */
  readonly capacityBytes?: number
  /** Told of every operation that ended. */
  readonly trace?: (event: DiskEvent) => void
}

/** Where stored bytes are to be damaged. */
export interface DamagePlace {
  /** First byte that may be hit. Default 0. */
  readonly position?: number
  /** How many bytes from there may be hit. Default: up to the end. */
  readonly length?: number
  /** How many bits are turned over. Default 1. */
  readonly bits?: number
}

/**
 * A disk in memory that keeps apart what is seen and what a crash is sure to leave, and that can crash, fail, stall and
 * rot on request. What it promises is told in docs/env.md.
 *
 * Used directly it is the disk of one process; after {@link crash} or {@link endProcess} it is the disk of the next one.
 * {@link mount} gives each process a Disk of its own.
 */
export class SimulatedDisk implements Disk {
  readonly #device: DiskDevice
  readonly #clock: Clock
  #mount: DiskMount

  constructor(options: SimulatedDiskOptions) {
    this.#device = new DiskDevice(options.random, options)
    this.#device.trace = options.trace
    this.#clock = options.clock ?? new SimulatedClock()
    this.#mount = this.#newMount(this.#clock)
  }

  /** The faults that are at work on this disk. */
  get faults(): DiskFaults {
    return this.#device.faults
  }

  /** How many operations have arrived. */
  get operationCount(): number {
    return this.#device.operationCount
  }

  /** How many of them could change what a crash leaves: creations, writes, truncations, syncs, renames, removals, new directories. */
  get mutationCount(): number {
    return this.#device.mutationCount
  }

  /** How often the disk has crashed. */
  get crashCount(): number {
    return this.#device.crashCount
  }

  /** Bytes in files that have a name or an open handle. */
  get usedBytes(): number {
    return this.#device.usedBytes
  }

  /** The same disk as one more process sees it, with latencies on that process's clock; it ends with the next crash at the latest. */
  mount(clock: Clock = this.#clock): Disk {
    return this.#newMount(clock)
  }

  /** Ends one process's use of the disk: its waiting and later operations give DISK_CLOSED, its locks are free. Nothing written is lost. */
  unmount(mount: Disk): void {
    if (mount instanceof DiskMount && mount.device === this.#device) this.#device.endMount(mount)
  }

  /** Kills the process that uses this object directly, as SIGKILL does: as {@link unmount}, and the object serves the next process. */
  endProcess(): void {
    this.#device.endMount(this.#mount)
    this.#mount = this.#newMount(this.#clock)
  }

  /**
   * The machine loses power: of what was not synced survives what the options and chance say; operations that wait and all
   * handles and mounts from before give DISK_CLOSED; locks are free.
   */
  crash(options: CrashOptions = {}): void {
    this.#device.crash(options)
    this.#mount = this.#newMount(this.#clock)
  }

  /** Crashes at a mutation that is still to come; replaces an earlier request. Undefined takes it back. */
  crashAt(point: CrashPoint | undefined): void {
    this.#device.crashPoint =
      point === undefined
        ? undefined
        : {
            ...point,
            onCrash: () => {
              this.#mount = this.#newMount(this.#clock)
              point.onCrash?.()
            },
          }
  }

  /**
   * Turns over bits of a stored file, as a failing medium does: in what is seen and in what a crash leaves. Bytes that are
   * not synced yet reach the medium undamaged by their sync.
   *
   * @throws SandboxError DISK_NOT_FOUND, and DISK_IO where there are no bytes
   */
  damage(path: string, place: DamagePlace = {}): void {
    const { random } = this.#device
    const file = this.#fileAt(path)
    const first = place.position ?? 0
    const end = Math.min(file.visible.size, first + (place.length ?? Infinity))
    if (end <= first) throw diskError('DISK_IO', 'read', path, 'there are no bytes to damage at that place')
    for (let flipped = 0; flipped < (place.bits ?? 1); flipped++) {
      const position = random.integer(first, end - 1)
      const bit = random.integer(0, 7)
      file.visible.flipBit(position, bit)
      if (position < file.durable.size) file.durable.flipBit(position, bit)
    }
  }

  /** The content of every file, by path, as readers see it now. Not an operation: it takes no time and is not counted. */
  visibleFiles(): ReadonlyMap<string, Uint8Array> {
    return this.#device.tree.files('visible')
  }

  /** The content of every file, by path, that a crash at this moment is sure to leave. */
  durableFiles(): ReadonlyMap<string, Uint8Array> {
    return this.#device.tree.files('durable')
  }

  open(path: string, options: OpenOptions): Promise<DiskFile> {
    return this.#mount.open(path, options)
  }

  rename(from: string, to: string): Promise<void> {
    return this.#mount.rename(from, to)
  }

  remove(path: string): Promise<void> {
    return this.#mount.remove(path)
  }

  list(path: string): Promise<readonly DirectoryEntry[]> {
    return this.#mount.list(path)
  }

  makeDirectory(path: string): Promise<void> {
    return this.#mount.makeDirectory(path)
  }

  status(path: string): Promise<FileStatus | undefined> {
    return this.#mount.status(path)
  }

  capacity(path: string): Promise<DiskCapacity | undefined> {
    return this.#mount.capacity(path)
  }

  syncDirectory(path: string): Promise<void> {
    return this.#mount.syncDirectory(path)
  }

  readFile(path: string): Promise<Uint8Array> {
    return this.#mount.readFile(path)
  }

  replaceFile(path: string, bytes: Uint8Array): Promise<void> {
    return this.#mount.replaceFile(path, bytes)
  }

  lock(directory: string): Promise<DiskLock> {
    return this.#mount.lock(directory)
  }

  #newMount(clock: Clock): DiskMount {
    const mount = new DiskMount(this.#device, clock)
    this.#device.addMount(mount)
    return mount
  }

  #fileAt(path: string): StoredFile {
    const node = this.#device.tree.find(normalizePath(path))
    if (node?.kind !== 'file') throw diskError('DISK_NOT_FOUND', 'read', path)
    return node
  }
}
