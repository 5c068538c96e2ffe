import { SandboxError } from '../../base/sandbox-error'
import type { DiskFile } from '../../env'
import type { Segment } from './segment'

/** The longest stretch of zeros, in bytes. */
export const DEFAULT_SPACE_AHEAD_BYTES = 1024 * 1024
/** A log that has not written this part of the longest stretch is not worth it, and neither are batches above it. */
const SMALL_PART = 16

/** For all logs of a thread; never written to. */
let zeros = new Uint8Array(0)

/**
 * Lays zeros out ahead of what is written, in the background. A write into bytes that the file has already changes nothing
 * but these bytes, so that making it durable costs the file system no entry in its journal, which all files of the disk wait
 * for: half the time of a small write. A large write costs as much as its bytes, and would pay for them twice.
 *
 * The stretch that is being laid belongs to this class until it is done: {@link clear} keeps records out of it.
 */
export class SpaceAhead {
  readonly #mostBytes: number
  #isOff: boolean
  #laying: Promise<void> | undefined
  #failure: unknown

  /** @param mostBytes length of the longest stretch, in bytes; 0 for none at all */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes
    this.#isOff = mostBytes === 0
  }

  /**
   * Resolves when the segment's next `length` bytes may be written.
   *
   * @throws what went wrong with the zeros, if it puts more in doubt than the zeros
   */
  async clear({ writtenBytes, laidBytes }: Segment, length: number): Promise<void> {
    if (this.#laying !== undefined && writtenBytes + length > laidBytes) await this.#laying
    this.check()
  }

  /**
   * To be asked before what was synced counts as durable: where the sync of a stretch fails, the system may give up records
   * that were written at the same time, and a sync of theirs that ends later knows nothing of it.
   *
   * @throws what went wrong with the zeros, if it puts more in doubt than the zeros
   */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure
  }

  /** A batch of `length` bytes has become durable: begins with the next stretch if the space left is getting short. */
  extend(segment: Segment, length: number): void {
    const { file, writtenBytes } = segment
    const smallBytes = this.#mostBytes / SMALL_PART
    if (file === undefined || this.#laying !== undefined || this.#isOff) return
    if (writtenBytes < smallBytes || length > smallBytes) return
    // As much again as was written, so that a log that is hardly used takes little of the disk.
    const stretch = Math.min(this.#mostBytes, writtenBytes)
    const from = Math.max(segment.laidBytes, writtenBytes)
    if (from - writtenBytes >= stretch / 2) return
    segment.laidBytes = from
    this.#laying = this.#lay(segment, file, from, stretch).finally(() => {
      this.#laying = undefined
    })
  }

  /**
   * Takes back what was not used, before the segment's file is closed; durable at its next sync.
   *
   * @throws as {@link check}, DISK_*
   */
  async cut(segment: Segment): Promise<void> {
    await this.#laying
    this.check()
    const { file, writtenBytes, laidBytes } = segment
    if (laidBytes <= writtenBytes) return
    await file?.truncate(writtenBytes)
    segment.laidBytes = writtenBytes
  }

  /** Never rejects: {@link check} tells what is wrong to those whom it concerns. */
  async #lay(segment: Segment, file: DiskFile, from: number, length: number): Promise<void> {
    try {
      if (!(await this.#writeZeros(file, from, length))) return
      await file.sync()
      segment.laidBytes = from + length
    } catch (error) {
      // A sync is of the whole file: whatever it says, nobody knows what the disk has of the records.
      this.#isOff = true
      this.#failure = error
    }
  }

  /** Returns whether there was room. Where zeros find none, records and other files still may. */
  async #writeZeros(file: DiskFile, from: number, length: number): Promise<boolean> {
    if (zeros.length < length) zeros = new Uint8Array(length)
    try {
      await file.write(from, zeros.subarray(0, length))
      return true
    } catch (error) {
      if (!SandboxError.is(error, 'DISK_FULL')) throw error
      this.#isOff = true
      await file.truncate(from)
      return false
    }
  }
}
