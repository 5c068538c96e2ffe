import { SandboxError } from '../../../base/sandbox-error'
import type { CursorRequest, DriverProperties, RawCursor, RawDriver } from '../core/raw-driver'
import { copyBytes } from '../key-range'
import type { RawEntry } from '../raw-engine'
import type { RawWriteOperation } from '../raw-write-batch'
import type { MemoryImage } from './memory-image'
import { entriesOf, getFrom } from './sorted-tree'
import type { FrozenTree, SortedTree } from './sorted-tree'

const pageEntries = 256
const pageBytes = 256 * 1024
const noBytes = new Uint8Array(0)

/** All families at one moment. */
export type MemorySnapshot = ReadonlyMap<string, FrozenTree>

/**
 * Sorted trees in memory, one a family. A write takes effect inside the call, so nothing can be seen half-done. What goes in
 * and comes out is copied: neither side can change the other's bytes.
 */
export class MemoryDriver implements RawDriver<MemorySnapshot> {
  readonly columnFamilies: readonly string[]
  readonly directory: string | undefined
  readonly #trees: ReadonlyMap<string, SortedTree>
  /** Undefined for an engine that keeps nothing. */
  readonly #image: MemoryImage | undefined

  constructor(trees: ReadonlyMap<string, SortedTree>, image: MemoryImage | undefined) {
    this.#trees = trees
    this.#image = image
    this.columnFamilies = [...trees.keys()]
    this.directory = image?.directory
  }

  async get(columnFamily: string, key: Uint8Array, at: MemorySnapshot | undefined): Promise<Uint8Array | undefined> {
    const value = at === undefined ? this.#tree(columnFamily).get(key) : getFrom(at.get(columnFamily), key)
    return value && copyBytes(value)
  }

  async getMany(
    columnFamily: string,
    keys: readonly Uint8Array[],
    at: MemorySnapshot | undefined,
  ): Promise<ReadonlyArray<Uint8Array | undefined>> {
    const tree = at === undefined ? this.#tree(columnFamily) : undefined
    return keys.map((key) => {
      const value = tree === undefined ? getFrom(at?.get(columnFamily), key) : tree.get(key)
      return value && copyBytes(value)
    })
  }

  openCursor({
    columnFamily,
    start,
    end,
    reverse,
    limit,
    keysOnly,
    snapshot,
  }: CursorRequest<MemorySnapshot>): RawCursor {
    const tree = snapshot === undefined ? this.#tree(columnFamily).freeze() : snapshot.get(columnFamily)
    return new MemoryCursor(entriesOf(tree, { start, end }, reverse), limit, keysOnly)
  }

  createSnapshot(): MemorySnapshot {
    return new Map([...this.#trees].map(([name, tree]) => [name, tree.freeze()]))
  }

  async releaseSnapshot(): Promise<void> {
    // Nothing to do: a snapshot is memory like any other and goes when nobody refers to it.
  }

  async write(operations: readonly RawWriteOperation[]): Promise<void> {
    for (const operation of operations) {
      const tree = this.#tree(operation.columnFamily)
      if (operation.kind === 'put') tree.put(copyBytes(operation.key), copyBytes(operation.value))
      else if (operation.kind === 'delete') tree.delete(operation.key)
      else tree.deleteRange(operation.range)
    }
  }

  async flush(): Promise<void> {
    await this.#image?.save(() => this.createSnapshot())
  }

  async compact(): Promise<void> {
    // Nothing to do: what is deleted is gone at once.
  }

  async approximateSize(
    columnFamily: string,
    start: Uint8Array | undefined,
    end: Uint8Array | undefined,
  ): Promise<number> {
    const tree = this.#tree(columnFamily)
    if (start === undefined && end === undefined) return tree.bytes
    let bytes = 0
    for (const { key, value } of entriesOf(tree.freeze(), { start, end }, false)) bytes += key.length + value.length
    return bytes
  }

  async properties(): Promise<DriverProperties> {
    const columnFamilies = [...this.#trees].map(([name, tree]) => {
      return { name, estimatedEntries: tree.entries, storedBytes: tree.bytes }
    })
    const diskBytes = await this.#image?.bytes()
    return { columnFamilies, ...(diskBytes !== undefined && { diskBytes }), native: {} }
  }

  async close(): Promise<void> {
    await this.#image?.release()
  }

  #tree(columnFamily: string): SortedTree {
    const tree = this.#trees.get(columnFamily)
    if (tree === undefined) throw new SandboxError('INTERNAL', `There is no tree for the family ${columnFamily}.`)
    return tree
  }
}

class MemoryCursor implements RawCursor {
  #entries: Generator<RawEntry, void>
  #remaining: number
  readonly #keysOnly: boolean

  constructor(entries: Generator<RawEntry, void>, limit: number, keysOnly: boolean) {
    this.#entries = entries
    this.#remaining = limit
    this.#keysOnly = keysOnly
  }

  async readPage(): Promise<readonly RawEntry[]> {
    const page: RawEntry[] = []
    let bytes = 0
    while (this.#remaining > 0 && page.length < pageEntries && bytes < pageBytes) {
      const { done, value: entry } = this.#entries.next()
      if (done === true) break
      page.push({ key: copyBytes(entry.key), value: this.#keysOnly ? noBytes : copyBytes(entry.value) })
      bytes += entry.key.length + entry.value.length
      this.#remaining -= 1
    }
    return page
  }

  async close(): Promise<void> {
    // Lets go of the frozen tree.
    this.#entries.return()
  }
}
