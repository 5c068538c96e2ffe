import { SandboxError } from '../../../base/sandbox-error'
import type { Disk, DiskFile } from '../../../env'
import { joinPath, makeDurableDirectory } from '../../../env'
import type { EntryId } from '../../core/model/entry'
import type { SnapshotTransferId } from '../../transport/peer-message'
import type { AppliedState } from '../state-machine'
import { checksumOf } from './snapshot-header'
import { checkSnapshot, describeSnapshot, readState } from './snapshot-reader'
import { writeSnapshot } from './snapshot-writer'
import type { StoredSnapshot } from './stored-snapshot'

/** Where the snapshots of one group on one node are kept. */
export interface SnapshotStoreOptions {
  readonly disk: Disk
  /** The group's own directory; made when the first snapshot is written. */
  readonly directory: string
  readonly regionId: number
}

const SAVING_NAME = 'saving'
const STORED_NAME = /^snapshot_(\d{20})_(\d+)$/

/**
 * The snapshots of one group: `snapshot_<index>_<term>`, of which only the newest is kept, `saving` while one is written,
 * `receiving_<index>_<term>_<checksum>` while one arrives. A file gets its lasting name only once it is whole and
 * durable, so a crash leaves a whole snapshot or something that is recognised as less.
 */
export class SnapshotStore {
  readonly #disk: Disk
  readonly #directory: string
  readonly #regionId: number
  #newest: StoredSnapshot | undefined
  #damage: SandboxError | undefined
  #isDirectoryDurable = false
  /** The last change of names; they wait for each other. */
  #lastChange: Promise<unknown> = Promise.resolve()
  #changesUnderWay = 0

  private constructor(options: SnapshotStoreOptions) {
    this.#disk = options.disk
    this.#directory = options.directory
    this.#regionId = options.regionId
  }

  /**
   * Finds the newest snapshot and removes what a crash left of others. What arrives stays, so that it need not come again. A
   * snapshot whose header is damaged counts as none, and {@link damage} says why.
   *
   * @throws SandboxError DISK_*
   */
  static async open(options: SnapshotStoreOptions): Promise<SnapshotStore> {
    const store = new SnapshotStore(options)
    if ((await options.disk.status(options.directory)) !== undefined) await store.#recover()
    return store
  }

  /** The newest whole snapshot; undefined if there is none or it was found damaged. */
  get newest(): StoredSnapshot | undefined {
    return this.#newest
  }

  /** Whether another snapshot may be taking the place of the newest one. */
  get isChanging(): boolean {
    return this.#changesUnderWay > 0
  }

  /** What was found wrong with the newest snapshot. */
  get damage(): SandboxError | undefined {
    return this.#damage
  }

  /**
   * Writes a snapshot and makes it the newest. If a newer one came meanwhile, that one stays and is returned.
   *
   * @param isCancelled asked again and again; once true, nothing is kept and undefined returned
   * @throws SandboxError DISK_*, and whatever reading the state throws
   */
  async save(
    applied: AppliedState,
    state: AsyncIterable<Uint8Array>,
    isCancelled: () => boolean,
  ): Promise<StoredSnapshot | undefined> {
    await this.#makeDirectory()
    const path = this.#pathOf(SAVING_NAME)
    const file = await this.#disk.open(path, { mode: 'open-or-create' })
    let written
    try {
      await file.truncate(0)
      written = await writeSnapshot(file, this.#regionId, applied, state, isCancelled)
    } finally {
      await file.close()
    }
    if (written === undefined) return undefined
    const { last, confState, totalBytes } = written.header
    const checksum = checksumOf(written.encoded)
    return this.#changeNames(async () => {
      if (this.#newest !== undefined && this.#newest.last.index > last.index) return this.#newest
      return this.#giveName(path, { last, confState, totalBytes, checksum, path: this.#pathOf(storedName(last)) })
    })
  }

  /** Removes the newest snapshot if it ends before an index or was found damaged, so that there is none. @throws SandboxError DISK_* */
  discardBefore(index: number): Promise<void> {
    return this.#changeNames(async () => {
      const isUseless = this.#newest === undefined ? this.#damage !== undefined : this.#newest.last.index < index
      if (!isUseless) return
      this.#newest = undefined
      this.#damage = undefined
      await this.#removeWhere((name) => STORED_NAME.test(name))
    })
  }

  /** The state in a snapshot, read anew by each walk, each piece checked before it is handed out. @throws SandboxError RAFT_SNAPSHOT_*, DISK_* */
  read(snapshot: StoredSnapshot): AsyncIterable<Uint8Array> {
    return { [Symbol.asyncIterator]: () => readState(this.#disk, snapshot) }
  }

  /** The file of a snapshot for sending it; it stays readable even if a newer one takes its place. @throws SandboxError DISK_* */
  openFile(snapshot: StoredSnapshot): Promise<DiskFile> {
    return this.#disk.open(snapshot.path, { mode: 'open', readOnly: true })
  }

  /** Reads a whole snapshot and stops offering it if it is damaged. @returns what is wrong, undefined if nothing is @throws SandboxError DISK_* */
  async findDamage(snapshot: StoredSnapshot): Promise<SandboxError | undefined> {
    try {
      await checkSnapshot(this.#disk, snapshot)
      return undefined
    } catch (error) {
      if (!SandboxError.is(error, 'RAFT_SNAPSHOT_DAMAGED')) throw error
      if (this.#newest === snapshot) {
        this.#newest = undefined
        this.#damage = error
      }
      return error
    }
  }

  /** Opens the file of an arriving snapshot, with whatever of it is there already, and removes those of others. @throws SandboxError DISK_* */
  async openArriving(transfer: SnapshotTransferId): Promise<DiskFile> {
    await this.#makeDirectory()
    const name = arrivingName(transfer)
    await this.#removeWhere((other) => other.startsWith('receiving_') && other !== name)
    return this.#disk.open(this.#pathOf(name), { mode: 'open-or-create' })
  }

  /**
   * Gives an arrived snapshot, whose file is whole, checked, durable and closed, its lasting name and makes it the newest.
   *
   * @throws SandboxError RAFT_SNAPSHOT_*, DISK_*
   */
  keepArrived(transfer: SnapshotTransferId): Promise<StoredSnapshot> {
    return this.#changeNames(async () => {
      const from = this.#pathOf(arrivingName(transfer))
      const arrived = await describeSnapshot(this.#disk, from, this.#regionId)
      return this.#giveName(from, { ...arrived, path: this.#pathOf(storedName(arrived.last)) })
    })
  }

  async #giveName(from: string, snapshot: StoredSnapshot): Promise<StoredSnapshot> {
    await this.#disk.rename(from, snapshot.path)
    await this.#disk.syncDirectory(this.#directory)
    this.#newest = snapshot
    this.#damage = undefined
    await this.#removeWhere((name) => STORED_NAME.test(name) && this.#pathOf(name) !== snapshot.path)
    return snapshot
  }

  async #recover(): Promise<void> {
    const names = (await this.#disk.list(this.#directory)).map(({ name }) => name)
    // Indexes are padded, so the last name is that of the newest.
    const newest = names.filter((name) => STORED_NAME.test(name)).at(-1)
    if (newest !== undefined) {
      // A process that was killed may have given it its name and no more; then a loss of power still takes it.
      await this.#disk.syncDirectory(this.#directory)
      try {
        this.#newest = await describeSnapshot(this.#disk, this.#pathOf(newest), this.#regionId)
      } catch (error) {
        if (!SandboxError.is(error, 'RAFT_SNAPSHOT_DAMAGED') && !SandboxError.is(error, 'RAFT_SNAPSHOT_VERSION'))
          throw error
        this.#damage = error
      }
    }
    await this.#removeWhere((name) => name === SAVING_NAME || (STORED_NAME.test(name) && name !== newest))
  }

  async #removeWhere(condition: (name: string) => boolean): Promise<void> {
    for (const { name } of await this.#disk.list(this.#directory)) {
      if (condition(name)) await this.#disk.remove(this.#pathOf(name))
    }
  }

  async #makeDirectory(): Promise<void> {
    if (this.#isDirectoryDurable) return
    await makeDurableDirectory(this.#disk, this.#directory)
    this.#isDirectoryDurable = true
  }

  #changeNames<T>(change: () => Promise<T>): Promise<T> {
    this.#changesUnderWay += 1
    const mine = this.#lastChange.then(change).finally(() => {
      this.#changesUnderWay -= 1
    })
    // Its own caller learns of a failure; the next change does not depend on it.
    this.#lastChange = mine.catch(() => undefined)
    return mine
  }

  #pathOf(name: string): string {
    return joinPath(this.#directory, name)
  }
}

function storedName({ index, term }: EntryId): string {
  return `snapshot_${String(index).padStart(20, '0')}_${String(term)}`
}

function arrivingName({ snapshot, checksum }: SnapshotTransferId): string {
  return `receiving_${String(snapshot.index)}_${String(snapshot.term)}_${checksum.toString(16).padStart(8, '0')}`
}
