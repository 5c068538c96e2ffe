import type { Disk, DiskLock } from '../../../env'
import { makeDurableDirectory } from '../../../env/durable-directory'
import { SandboxError } from '../../../base/sandbox-error'
import { decodeRangeStream } from '../range-stream/range-decoder'
import { encodeEntries, encodeFooter, encodeHeader } from '../range-stream/format'
import { copyBytes } from '../key-range'
import type { RawEntry } from '../raw-engine'
import { SortedTree, entriesOf } from './sorted-tree'
import type { FrozenTree } from './sorted-tree'

const imageName = 'image'
/** A frame ends with the entry that fills it. */
const frameBytes = 256 * 1024

/**
 * Where a memory engine keeps what it flushed: one file with all families, in the format of an exported range, replaced as a
 * whole. So a crash leaves the state of the last flush that ended, never a mixture.
 */
export class MemoryImage {
  readonly directory: string
  readonly #disk: Disk
  readonly #lock: DiskLock
  /** The newest save; the next one waits for it, so that an older state never replaces a newer one. */
  #saving: Promise<void> = Promise.resolve()

  private constructor(disk: Disk, directory: string, lock: DiskLock) {
    this.#disk = disk
    this.directory = directory
    this.#lock = lock
  }

  /** Makes and takes the directory. @throws SandboxError ENGINE_LOCKED, DISK_IO */
  static async open(disk: Disk, directory: string): Promise<MemoryImage> {
    await makeDurableDirectory(disk, directory)
    try {
      return new MemoryImage(disk, directory, await disk.lock(directory))
    } catch (thrown) {
      if (!SandboxError.is(thrown, 'DISK_LOCKED')) throw thrown
      const message = `The directory ${directory} of the memory engine is open already, here or in another process: close it there first.`
      throw new SandboxError('ENGINE_LOCKED', message, { details: { directory }, cause: thrown })
    }
  }

  /** The families as they were saved; none if nothing was. @throws SandboxError ENGINE_OPEN_FAILED if the image is damaged */
  async load(): Promise<Map<string, SortedTree>> {
    const path = this.#path()
    const trees = new Map<string, SortedTree>()
    if ((await this.#disk.status(path)) === undefined) return trees
    const image = await this.#disk.readFile(path)
    try {
      for await (const part of decodeRangeStream(chunksOf(image))) {
        if (part.kind === 'header') for (const name of part.columnFamilies) trees.set(name, new SortedTree())
        if (part.kind !== 'entries') continue
        // Copied: a key or value must not keep the whole image in memory.
        for (const { key, value } of part.entries) trees.get(part.columnFamily)?.put(copyBytes(key), copyBytes(value))
      }
      return trees
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown)
      const message = `The image of the memory engine in ${path} cannot be read: ${reason}`
      throw new SandboxError('ENGINE_OPEN_FAILED', message, { details: { path }, cause: thrown })
    }
  }

  /** Saves the state of the moment when its turn comes, which is not before the call. */
  save(freeze: () => ReadonlyMap<string, FrozenTree>): Promise<void> {
    const write = (): Promise<void> => this.#disk.replaceFile(this.#path(), encodeImage(freeze()))
    const saved = this.#saving.then(write)
    // The next save does not fail because this one did; this one's caller is told.
    this.#saving = saved.catch(() => undefined)
    return saved
  }

  /** Bytes of the image. */
  async bytes(): Promise<number> {
    return (await this.#disk.status(this.#path()))?.size ?? 0
  }

  /** Lets go of the directory. */
  async release(): Promise<void> {
    await this.#saving
    await this.#lock.release()
  }

  #path(): string {
    return `${this.directory}/${imageName}`
  }
}

function encodeImage(trees: ReadonlyMap<string, FrozenTree>): Uint8Array {
  const columnFamilies = [...trees.keys()]
  const frames = [encodeHeader({ range: {}, columnFamilies })]
  let entries = 0
  let bytes = 0
  for (const [familyIndex, name] of columnFamilies.entries()) {
    let page: RawEntry[] = []
    let pageBytes = 0
    for (const entry of entriesOf(trees.get(name), {}, false)) {
      page.push(entry)
      entries += 1
      pageBytes += entry.key.length + entry.value.length
      if (pageBytes < frameBytes) continue
      frames.push(encodeEntries(familyIndex, page))
      bytes += pageBytes
      page = []
      pageBytes = 0
    }
    if (page.length > 0) frames.push(encodeEntries(familyIndex, page))
    bytes += pageBytes
  }
  frames.push(encodeFooter({ entries, bytes }))
  const image = new Uint8Array(frames.reduce((sum, frame) => sum + frame.length, 0))
  let position = 0
  for (const frame of frames) {
    image.set(frame, position)
    position += frame.length
  }
  return image
}

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  yield bytes
}
