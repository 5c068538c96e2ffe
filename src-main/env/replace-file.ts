import type { Disk } from './disk'
import { parentPath } from './disk-path'

/** Ends the name of the temporary file; a crash can leave one behind, and the next replacement of the same file reuses it. */
export const REPLACEMENT_SUFFIX = '.replacing'

type ReplacementDisk = Pick<Disk, 'open' | 'rename' | 'remove' | 'syncDirectory'>

/**
 * {@link Disk.replaceFile} in terms of the other operations, the same for every disk, so that what the simulated disk
 * crashes at every step is what the real one runs. Replacements of one file wait for each other: they share the name of
 * the temporary file.
 */
export class FileReplacer {
  readonly #disk: ReplacementDisk
  readonly #lastOf = new Map<string, Promise<void>>()

  constructor(disk: ReplacementDisk) {
    this.#disk = disk
  }

  /** @param path normalized */
  async replace(path: string, bytes: Uint8Array): Promise<void> {
    const before = this.#lastOf.get(path)
    const mine = before === undefined ? this.#replaceNow(path, bytes) : this.#replaceAfter(before, path, bytes)
    this.#lastOf.set(path, mine)
    try {
      await mine
    } finally {
      if (this.#lastOf.get(path) === mine) this.#lastOf.delete(path)
    }
  }

  async #replaceAfter(before: Promise<void>, path: string, bytes: Uint8Array): Promise<void> {
    try {
      await before
    } catch {
      // Its own caller was told; whether it succeeded makes no difference to this replacement.
    }
    await this.#replaceNow(path, bytes)
  }

  async #replaceNow(path: string, bytes: Uint8Array): Promise<void> {
    const temporary = path + REPLACEMENT_SUFFIX
    const file = await this.#disk.open(temporary, { mode: 'open-or-create' })
    try {
      await file.truncate(0)
      await file.write(0, bytes)
      await file.sync()
    } catch (error) {
      await this.#discard(temporary, () => file.close())
      throw error
    }
    await file.close()
    try {
      await this.#disk.rename(temporary, path)
    } catch (error) {
      await this.#discard(temporary)
      throw error
    }
    await this.#disk.syncDirectory(parentPath(path))
  }

  /** Frees the space of a temporary file after a failure. */
  async #discard(temporary: string, close?: () => Promise<void>): Promise<void> {
    try {
      await close?.()
      await this.#disk.remove(temporary)
    } catch {
      // The caller gets the failure that led here, which is the one that matters; what is left is overwritten next time.
    }
  }
}
