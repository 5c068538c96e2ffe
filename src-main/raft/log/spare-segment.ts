import type { Disk, DiskFile } from '../../env'
import type { Segment } from './segment'
import { SPARE_SEGMENT_NAME } from './segment-name'

/**
 * Keeps the file of one segment of which nothing counts any more, for the next segment to be written into: bytes that a file
 * has already are made durable sooner than bytes that lengthen it, also in large batches (see SpaceAhead). What is left of the
 * earlier segment is told from records by their checksums, which depend on the segment's number.
 */
export class SpareSegment {
  readonly #disk: Disk
  readonly #directory: string
  readonly #leastBytes: number
  #state: 'none' | 'free' | 'claimed' = 'none'
  #bytes = 0

  /** @param leastBytes a shorter file is not worth keeping */
  constructor(disk: Disk, directory: string, leastBytes: number) {
    this.#disk = disk
    this.#directory = directory
    this.#leastBytes = leastBytes
  }

  /** Takes the file for the segment that is begun. @returns its length in bytes; 0 if there is none */
  claim(): number {
    if (this.#state !== 'free') return 0
    this.#state = 'claimed'
    return this.#bytes
  }

  /** Lets go of a segment's file: keeps it, or removes it if it is short or there is one already. */
  async discard({ name, writtenBytes }: Segment): Promise<void> {
    // Of a segment that no longer counted at the opening not even the length is known.
    if (this.#state !== 'none' || writtenBytes === 0 || writtenBytes < this.#leastBytes) {
      await this.#disk.remove(this.#pathOf(name))
      return
    }
    await this.#disk.rename(this.#pathOf(name), this.#path)
    this.#bytes = writtenBytes
    this.#state = 'free'
  }

  /**
   * Opens the file that was claimed. Nothing may be written to it under another name than that of a spare, which is durable by
   * now: the segment before was closed since, which makes the names of the directory durable. Otherwise a crash could bring
   * the earlier segment's name back, with what is written now behind it.
   */
  open(): Promise<DiskFile> {
    return this.#disk.open(this.#path, { mode: 'open' })
  }

  /** Gives the file that was claimed the name of its segment, whose first record is durable by now. */
  async become({ name }: Segment): Promise<void> {
    await this.#disk.rename(this.#path, this.#pathOf(name))
    this.#state = 'none'
  }

  /** Removes the file if nobody claimed it. */
  async remove(): Promise<void> {
    if (this.#state !== 'free') return
    this.#state = 'none'
    await this.#disk.remove(this.#path)
  }

  get #path(): string {
    return this.#pathOf(SPARE_SEGMENT_NAME)
  }

  #pathOf(name: string): string {
    return `${this.#directory}/${name}`
  }
}
