import type { Random } from '../random'
import type { CrashPolicy } from './crash-options'
import { drawSurvival, drawSurvivors } from './crash-options'
import type { FailureExtent, StoredFile } from './stored-file'

/** A file or a directory, apart from its name. */
export type StoredNode = StoredFile | StoredDirectory

/** The names in a simulated directory, twice: as seen, and as a crash is sure to leave them. */
export class StoredDirectory {
  readonly kind = 'directory'
  entries = new Map<string, StoredNode>()
  readonly durableEntries = new Map<string, StoredNode>()
}

/** One name that comes to mean something else; `node` is undefined where it goes away. */
export interface NameChange {
  readonly directory: StoredDirectory
  readonly name: string
  readonly node: StoredNode | undefined
}

/** Changes of names that happen as a whole or not at all: one, or for a rename two. */
interface NameOperation {
  readonly sequence: number
  readonly changes: readonly NameChange[]
  /** The directories that still have to be synced before the operation is durable. */
  readonly unsyncedDirectories: Set<StoredDirectory>
}

/**
 * The changes of names that no sync has covered, over all directories of a disk, in order. An operation is durable once
 * every directory that it touches has been synced. It also never survives without an earlier operation on the same name:
 * a file that was created and renamed cannot have been renamed only.
 */
export class NameJournal {
  #unsynced: NameOperation[] = []
  #lastSequence = 0
  #resolvedThrough = 0

  /** The last operation whose caller was told that it happened: what a directory sync that begins now must cover. */
  get resolvedThrough(): number {
    return this.#resolvedThrough
  }

  /** Makes the changes visible. */
  record(changes: readonly NameChange[]): number {
    for (const { directory, name, node } of changes) setEntry(directory.entries, name, node)
    this.#unsynced.push({
      sequence: ++this.#lastSequence,
      changes,
      unsyncedDirectories: new Set(changes.map((change) => change.directory)),
    })
    return this.#lastSequence
  }

  /** Notes that the caller of an operation was told that it happened. */
  operationResolved(sequence: number): void {
    if (sequence > this.#resolvedThrough) this.#resolvedThrough = sequence
  }

  /** A sync of the directory that began when `through` was the last resolved operation is done; see {@link StoredFile.synced} for `extent`. */
  synced(directory: StoredDirectory, through: number, extent: FailureExtent, random: Random): void {
    if (extent === 'none') return
    for (const operation of this.#unsynced) {
      if (operation.sequence > through) break
      if (extent === 'part' && !random.chance(0.5)) continue
      operation.unsyncedDirectories.delete(directory)
    }
    this.#keep((operation) => operation.unsyncedDirectories.size === 0)
  }

  /** The power is lost: decides which unsynced operations survive, and only those are seen afterwards. */
  crash(policy: CrashPolicy, random: Random): void {
    const touched = new Set(this.#unsynced.flatMap((operation) => operation.changes.map((change) => change.directory)))
    const survivors = drawSurvivors(drawSurvival(policy.names, random), this.#unsynced.length, random)
    this.#keep((_, index) => survivors[index] === true)
    this.#unsynced = []
    for (const directory of touched) directory.entries = new Map(directory.durableEntries)
  }

  /** Makes the chosen operations durable, and with them all earlier ones that they rest on; the others stay unsynced. */
  #keep(chosen: (operation: NameOperation, index: number) => boolean): void {
    const restedOn = new Map<StoredDirectory, Set<string>>()
    const durable = new Set<NameOperation>()
    for (let index = this.#unsynced.length - 1; index >= 0; index--) {
      const operation = this.#unsynced[index] as NameOperation
      const isNeeded = operation.changes.some(({ directory, name }) => restedOn.get(directory)?.has(name) === true)
      if (!isNeeded && !chosen(operation, index)) continue
      durable.add(operation)
      for (const { directory, name } of operation.changes) {
        const names = restedOn.get(directory)
        if (names === undefined) restedOn.set(directory, new Set([name]))
        else names.add(name)
      }
    }
    if (durable.size === 0) return
    this.#unsynced = this.#unsynced.filter((operation) => {
      if (!durable.has(operation)) return true
      for (const { directory, name, node } of operation.changes) setEntry(directory.durableEntries, name, node)
      return false
    })
  }
}

function setEntry(entries: Map<string, StoredNode>, name: string, node: StoredNode | undefined): void {
  if (node === undefined) entries.delete(name)
  else entries.set(name, node)
}
