import { SandboxError } from '../../base/sandbox-error'
import type { Disk, DiskFile } from '../../env'
import type { SegmentEncoder } from './segment-encoder'
import type { Segment, SegmentPart } from './segment'
import { SpaceAhead } from './space-ahead'
import type { SpareSegment } from './spare-segment'

interface Waiter {
  readonly onWritten: (() => void) | undefined
  readonly resolve: () => void
  readonly reject: (error: SandboxError) => void
}

/** What the writer works on. */
export interface SegmentWriterOptions {
  readonly disk: Disk
  readonly directory: string
  readonly encoder: SegmentEncoder
  readonly spare: SpareSegment
  /** Length of the longest stretch of zeros that is laid out ahead, in bytes; 0 for none. */
  readonly spaceAheadBytes: number
}

/** What the writer asks of the store whose bytes it carries. */
export interface SegmentWriterHost {
  /** Called in the moment in which a batch is closed. The answer is called when it is durable. */
  beginBatch(): BatchInProgress
}

/** See {@link SegmentWriterHost}. */
export interface BatchInProgress {
  /** The batch is durable. */
  done(): void
  /** Segments of which nothing counts any more once the batch is durable, to be removed. */
  readonly obsolete: readonly Segment[]
}

/**
 * Carries encoded bytes to the disk: one loop that writes what has gathered, syncs once, and wakes all who waited (group
 * commit). What comes while it syncs goes together next time.
 */
export class SegmentWriter {
  readonly #disk: Disk
  readonly #directory: string
  readonly #encoder: SegmentEncoder
  readonly #host: SegmentWriterHost
  readonly #space: SpaceAhead
  readonly #spare: SpareSegment
  #waiters: Waiter[] = []
  #running = false
  #failure: SandboxError | undefined

  constructor({ disk, directory, encoder, spare, spaceAheadBytes }: SegmentWriterOptions, host: SegmentWriterHost) {
    this.#disk = disk
    this.#directory = directory
    this.#encoder = encoder
    this.#space = new SpaceAhead(spaceAheadBytes)
    this.#spare = spare
    this.#host = host
  }

  /** Why the writer takes nothing more; undefined while all is well. */
  get failure(): SandboxError | undefined {
    return this.#failure
  }

  /** Resolves when all that is encoded by now is durable. */
  sync(onWritten?: () => void): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    return new Promise((resolve, reject) => {
      this.#waiters.push({ onWritten, resolve, reject })
      if (!this.#running) void this.#run()
    })
  }

  /** Takes back the space that is not used. Nothing may be written at the same time or after it. @throws SandboxError RAFT_LOG_FAILED */
  async end(): Promise<void> {
    const { segment } = this.#encoder
    if (this.#failure !== undefined || segment.file === undefined) return
    try {
      await this.#space.cut(segment)
      await segment.file.sync()
      await this.#spare.remove()
    } catch (thrown) {
      throw this.#fail(thrown, [])
    }
  }

  /** Never rejects: what goes wrong reaches the waiters. */
  async #run(): Promise<void> {
    this.#running = true
    while (this.#waiters.length > 0) {
      await this.#gather()
      const waiters = this.#waiters
      this.#waiters = []
      try {
        await this.#carry(waiters)
        for (const waiter of waiters) waiter.resolve()
      } catch (thrown) {
        this.#fail(thrown, waiters)
      }
    }
    this.#running = false
  }

  /** Those who were woken together ask again together, but one behind the other: without a pause the first would go alone each time. */
  async #gather(): Promise<void> {
    let before: number
    do {
      before = this.#waiters.length
      await Promise.resolve()
    } while (this.#waiters.length > before)
  }

  async #carry(waiters: readonly Waiter[]): Promise<void> {
    const parts = this.#encoder.take()
    // Written and durable are one moment, reached in one operation, unless somebody wants to be told of them apart.
    const atOnce = waiters.every(({ onWritten }) => onWritten === undefined)
    const batch = this.#host.beginBatch()
    let created = false
    for (const part of parts) created = await this.#write(part, atOnce)
    for (const waiter of waiters) waiter.onWritten?.()
    const last = parts.at(-1)
    if (last !== undefined && last.closedName === undefined && !atOnce) await makeDurable(last.segment)
    if (created) await this.#disk.syncDirectory(this.#directory)
    this.#space.check()
    batch.done()
    if (last !== undefined) this.#space.extend(last.segment, last.length)
    for (const segment of batch.obsolete) {
      // A segment that was closed later in this batch may have taken the name of one that covered the same entries before.
      const closedAt = parts.findIndex((part) => part.segment === segment)
      const nameWasTaken = parts.some((part, position) => position > closedAt && part.closedName === segment.name)
      if (!nameWasTaken) await this.#spare.discard(segment)
    }
  }

  /** Returns whether a file was created whose name is not durable yet. */
  async #write(part: SegmentPart, atOnce: boolean): Promise<boolean> {
    const { segment, buffer, length, closedName } = part
    const isNew = segment.file === undefined
    const isReused = isNew && segment.reusedBytes > 0
    segment.file ??= await this.#create(segment)
    const bytes = buffer.subarray(0, length)
    await this.#space.clear(segment, length)
    const durably = atOnce || isReused
    if (durably) await segment.file.writeDurably(segment.writtenBytes, bytes)
    else await segment.file.write(segment.writtenBytes, bytes)
    this.#encoder.recycle(buffer)
    segment.writtenBytes += length
    if (durably) segment.durableBytes = segment.writtenBytes
    if (isReused) await this.#spare.become(segment)
    if (closedName === undefined) return isNew
    // A segment must be durable, whole and under its name, before the next one is created: else a crash could keep the
    // later and lose the earlier, and the log would have a hole.
    await this.#space.cut(segment)
    await makeDurable(segment)
    await segment.file.close()
    segment.file = undefined
    await this.#disk.rename(this.#pathOf(segment.name), this.#pathOf(closedName))
    segment.name = closedName
    await this.#disk.syncDirectory(this.#directory)
    return false
  }

  async #create(segment: Segment): Promise<DiskFile> {
    const { name, reusedBytes } = segment
    if (reusedBytes > 0) {
      segment.laidBytes = reusedBytes
      return await this.#spare.open()
    }
    const file = await this.#disk.open(this.#pathOf(name), { mode: 'open-or-create' })
    // A crash may have left bytes under this name that recovery judged to be nothing.
    await file.truncate(0)
    return file
  }

  #fail(thrown: unknown, waiters: readonly Waiter[]): SandboxError {
    const why = thrown instanceof Error ? thrown.message : String(thrown)
    const message = `Writing the Raft log in ${this.#directory} failed, so it is unknown what is on the disk. Restart the node to read what is there. What went wrong: ${why}`
    const failure = new SandboxError('RAFT_LOG_FAILED', message, {
      details: { directory: this.#directory },
      cause: thrown,
    })
    this.#failure = failure
    for (const waiter of [...waiters, ...this.#waiters]) waiter.reject(failure)
    this.#waiters = []
    return failure
  }

  #pathOf(name: string): string {
    return `${this.#directory}/${name}`
  }
}

async function makeDurable(segment: Segment): Promise<void> {
  const { file, writtenBytes } = segment
  await file?.sync()
  segment.durableBytes = writtenBytes
}
