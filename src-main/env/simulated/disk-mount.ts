import { SandboxError } from '../../base/sandbox-error'
import type { Clock } from '../clock'
import type { DirectoryEntry, Disk, DiskCapacity, DiskFile, DiskLock, FileStatus, OpenOptions } from '../disk'
import type { DiskOperation } from '../disk-error'
import { checkOpenOptions, diskError } from '../disk-error'
import { compareNames, isAtOrBelow, normalizePath } from '../disk-path'
import { FileReplacer } from '../replace-file'
import type { DiskDevice } from './disk-device'
import { SimulatedDiskFile } from './simulated-disk-file'
import { StoredDirectory } from './stored-directory'
import type { NameChange, StoredNode } from './stored-directory'
import type { FailureExtent } from './stored-file'
import { StoredFile } from './stored-file'

const ALREADY_RESOLVED = Promise.resolve()
const SYNCS: ReadonlySet<DiskOperation> = new Set(['sync', 'sync-directory'])

/** One operation on its way through the device. */
export interface OperationSteps<T> {
  readonly operation: DiskOperation
  readonly path: string
  /** The second path of a rename. */
  readonly otherPath?: string
  /** What happens when the operation arrives: checks, visible effects, the result. `part`: only a beginning of it, where that exists. */
  readonly start: (extent: 'part' | 'all') => T
  /** What happens when it is done and before its caller hears of it; `extent` tells what of a failed one still happened. */
  readonly finish?: (extent: FailureExtent) => void
}

/**
 * A simulated disk as one run of a process sees it: all its handles, locks and operations end together when the process
 * or the machine does, while the device lives on.
 */
export class DiskMount implements Disk {
  readonly device: DiskDevice
  readonly #clock: Clock
  readonly #replacer = new FileReplacer(this)
  readonly #waiting = new Set<() => void>()
  readonly #handles = new Set<SimulatedDiskFile>()
  #ended = false

  constructor(device: DiskDevice, clock: Clock) {
    this.device = device
    this.#clock = clock
  }

  /** Ends the run: operations that wait and all later ones are refused with DISK_CLOSED. What was written stays. */
  end(): void {
    if (this.#ended) return
    this.#ended = true
    for (const handle of this.#handles) this.device.handleClosed(handle.stored)
    this.#handles.clear()
    this.device.releaseLocksOf(this)
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const giveUp of waiting) giveUp()
  }

  open(path: string, options: OpenOptions): Promise<DiskFile> {
    return this.#withPath(path, (normal) => {
      checkOpenOptions(options, normal)
      const tree = this.device.tree
      const creates = options.mode !== 'open' && tree.find(normal) === undefined
      let sequence = 0
      return this.run<StoredFile>({
        operation: creates ? 'create' : 'open',
        path: normal,
        start: () => {
          const node = tree.find(normal)
          if (node?.kind === 'directory') throw diskError('DISK_IO', 'open', normal, 'it is a directory')
          if (node !== undefined) {
            if (options.mode === 'create') throw diskError('DISK_ALREADY_EXISTS', 'create', normal)
            return node
          }
          const slot = tree.slot(normal)
          if (options.mode === 'open' || slot === undefined) throw diskError('DISK_NOT_FOUND', 'open', normal)
          const file = new StoredFile()
          sequence = tree.journal.record([{ ...slot, node: file }])
          return file
        },
        finish: () => {
          tree.journal.operationResolved(sequence)
        },
      }).then((stored) => this.#openHandle(normal, stored, options.readOnly === true))
    })
  }

  rename(from: string, to: string): Promise<void> {
    return this.#withPath(from, (source) => this.#withPath(to, (target) => this.#rename(source, target)))
  }

  remove(path: string): Promise<void> {
    return this.#withPath(path, (normal) => {
      const tree = this.device.tree
      return this.#changeNames('remove', normal, () => {
        const node = tree.find(normal)
        const slot = tree.slot(normal)
        if (node === undefined) throw diskError('DISK_NOT_FOUND', 'remove', normal)
        if (slot === undefined) throw diskError('DISK_IO', 'remove', normal, 'the root cannot be removed')
        const files = [...tree.filesBelow(node)]
        const sequence = this.#unlink({ ...slot, node })
        for (const file of files) this.device.fileUnlinked(file)
        return sequence
      })
    })
  }

  list(path: string): Promise<readonly DirectoryEntry[]> {
    return this.#withPath(path, (normal) =>
      this.run<readonly DirectoryEntry[]>({
        operation: 'list',
        path: normal,
        start: () => {
          const entries = [...this.#directory('list', normal).entries]
          return entries
            .map(([name, { kind }]): DirectoryEntry => ({ name, kind }))
            .sort((left, right) => compareNames(left.name, right.name))
        },
      }),
    )
  }

  makeDirectory(path: string): Promise<void> {
    return this.#withPath(path, (normal) =>
      this.#changeNames('make-directory', normal, () => {
        const tree = this.device.tree
        let sequence = 0
        let directory = tree.root
        for (const name of normal.slice(normal.indexOf('/') + 1).split('/')) {
          if (name === '') break
          let next = directory.entries.get(name)
          if (next === undefined) {
            next = new StoredDirectory()
            sequence = tree.journal.record([{ directory, name, node: next }])
          }
          if (next.kind === 'file') {
            throw diskError('DISK_ALREADY_EXISTS', 'make-directory', normal, `"${name}" is a file`)
          }
          directory = next
        }
        return sequence
      }),
    )
  }

  status(path: string): Promise<FileStatus | undefined> {
    return this.#withPath(path, (normal) =>
      this.run<FileStatus | undefined>({
        operation: 'status',
        path: normal,
        start: () => {
          const node = this.device.tree.find(normal)
          if (node === undefined) return undefined
          return node.kind === 'file' ? { kind: 'file', size: node.visible.size } : { kind: 'directory', size: 0 }
        },
      }),
    )
  }

  capacity(path: string): Promise<DiskCapacity | undefined> {
    return this.#withPath(path, (normal) =>
      this.run<DiskCapacity | undefined>({
        operation: 'capacity',
        path: normal,
        start: () => {
          if (this.device.tree.find(normal) === undefined) throw diskError('DISK_NOT_FOUND', 'capacity', normal)
          return this.device.capacity
        },
      }),
    )
  }

  syncDirectory(path: string): Promise<void> {
    return this.#withPath(path, (normal) => {
      const { tree, random } = this.device
      const through = tree.journal.resolvedThrough
      let directory: StoredDirectory | undefined
      return this.run({
        operation: 'sync-directory',
        path: normal,
        start: (): void => {
          directory = this.#directory('sync-directory', normal)
        },
        finish: (extent) => {
          if (directory !== undefined) tree.journal.synced(directory, through, extent, random)
        },
      })
    })
  }

  async readFile(path: string): Promise<Uint8Array> {
    const file = await this.open(path, { mode: 'open', readOnly: true })
    try {
      return await file.read(0, await file.size())
    } finally {
      await file.close()
    }
  }

  replaceFile(path: string, bytes: Uint8Array): Promise<void> {
    return this.#withPath(path, (normal) => this.#replacer.replace(normal, bytes))
  }

  lock(directory: string): Promise<DiskLock> {
    return this.#withPath(directory, (normal) =>
      this.run<DiskLock>({
        operation: 'lock',
        path: normal,
        start: () => this.device.lock(this, this.#directory('lock', normal), normal),
      }),
    )
  }

  /** For handles: one of them was closed. */
  handleClosed(handle: SimulatedDiskFile): void {
    if (this.#handles.delete(handle)) this.device.handleClosed(handle.stored)
  }

  /** Takes an operation through the device: counts it, asks for faults and crash points, lets time pass. */
  run<T>(steps: OperationSteps<T>): Promise<T> {
    const { device } = this
    if (this.#ended) return Promise.reject(endedError(steps.operation, steps.path))
    const number = device.operationArrives(steps.operation)
    if (this.#ended) return Promise.reject(endedError(steps.operation, steps.path))

    const fault = device.faults.strike(steps.operation, steps.path, steps.otherPath)
    const extent = fault?.kind === 'fail' ? (fault.extent ?? 'none') : 'all'
    let result: T | undefined
    let failure: SandboxError | undefined
    if (extent !== 'none') {
      try {
        result = steps.start(extent)
      } catch (error) {
        failure = SandboxError.from(error)
      }
    }
    const refused = failure !== undefined
    if (fault?.kind === 'fail') failure ??= diskError(fault.code ?? 'DISK_IO', steps.operation, steps.path)
    if (fault?.kind === 'flip-bits' && result instanceof Uint8Array) device.flipBits(result, fault.bits ?? 1)

    const abandoned = (): SandboxError => {
      // What was handed over is the system's now and outlives the process: a sync of the next one covers it. A sync itself
      // counts only when it is done.
      if (!refused && !SYNCS.has(steps.operation)) steps.finish?.(extent)
      return endedError(steps.operation, steps.path)
    }
    const done = (): T => {
      if (this.#ended) throw abandoned()
      if (!refused) steps.finish?.(extent)
      device.operationDone(number, steps.operation, steps.path, failure)
      if (this.#ended) throw endedError(steps.operation, steps.path)
      if (failure !== undefined) throw failure
      return result as T
    }
    if (fault?.kind === 'hang') return this.#wait(undefined, done, abandoned)
    const delayMs = device.latencyMs(steps.operation) + (fault?.kind === 'delay' ? fault.delayMs : 0)
    return delayMs === 0 ? ALREADY_RESOLVED.then(done) : this.#wait(delayMs, done, abandoned)
  }

  #openHandle(path: string, stored: StoredFile, readOnly: boolean): SimulatedDiskFile {
    const handle = new SimulatedDiskFile(this, path, stored, readOnly)
    if (this.#ended) throw endedError('open', path)
    this.#handles.add(handle)
    stored.openHandles++
    return handle
  }

  #wait<T>(delayMs: number | undefined, done: () => T, abandoned: () => SandboxError): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer =
        delayMs === undefined
          ? undefined
          : this.#clock.setTimer(delayMs, () => {
              this.#waiting.delete(giveUp)
              try {
                resolve(done())
              } catch (error) {
                reject(SandboxError.from(error))
              }
            })
      const giveUp = (): void => {
        timer?.cancel()
        reject(abandoned())
      }
      this.#waiting.add(giveUp)
    })
  }

  #rename(source: string, target: string): Promise<void> {
    const tree = this.device.tree
    return this.#changeNames(
      'rename',
      source,
      () => {
        const node = tree.find(source)
        const from = tree.slot(source)
        const to = tree.slot(target)
        if (node === undefined) throw diskError('DISK_NOT_FOUND', 'rename', source)
        if (from === undefined) throw diskError('DISK_IO', 'rename', source, 'the root cannot be moved')
        if (source === target) return 0
        if (to === undefined) throw diskError('DISK_NOT_FOUND', 'rename', target)
        checkNotInside(source, target)
        const replaced = tree.find(target)
        if (replaced !== undefined && (replaced.kind === 'directory' || node.kind === 'directory')) {
          throw diskError('DISK_ALREADY_EXISTS', 'rename', target)
        }
        const sequence = tree.journal.record([
          { ...from, node: undefined },
          { ...to, node },
        ])
        if (replaced?.kind === 'file') this.device.fileUnlinked(replaced)
        return sequence
      },
      target,
    )
  }

  #changeNames(operation: DiskOperation, path: string, change: () => number, otherPath?: string): Promise<void> {
    let sequence = 0
    return this.run({
      operation,
      path,
      ...(otherPath !== undefined && { otherPath }),
      start: (): void => {
        sequence = change()
      },
      finish: () => {
        this.device.tree.journal.operationResolved(sequence)
      },
    })
  }

  /** Takes away a name and first all below it, each on its own, as removing a tree does. */
  #unlink(named: NameChange & { readonly node: StoredNode }): number {
    if (named.node.kind === 'directory') {
      for (const [name, node] of [...named.node.entries]) this.#unlink({ directory: named.node, name, node })
    }
    return this.device.tree.journal.record([{ ...named, node: undefined }])
  }

  #directory(operation: DiskOperation, path: string): StoredDirectory {
    const node = this.device.tree.find(path)
    if (node?.kind !== 'directory') throw diskError('DISK_NOT_FOUND', operation, path, 'there is no such directory')
    return node
  }

  /** A path that cannot be used is the caller's mistake, told as a rejection like every other failure. */
  #withPath<T>(path: string, run: (normal: string) => Promise<T>): Promise<T> {
    try {
      return run(normalizePath(path))
    } catch (error) {
      return Promise.reject(SandboxError.from(error))
    }
  }
}

function checkNotInside(source: string, target: string): void {
  if (!isAtOrBelow(target, source)) return
  throw new SandboxError('INVALID_ARGUMENT', `The directory ${source} cannot be moved into itself, to ${target}.`, {
    details: { from: source, to: target },
  })
}

function endedError(operation: DiskOperation, path: string): SandboxError {
  return diskError('DISK_CLOSED', operation, path, 'the process that used the disk has ended')
}
