import { SandboxError } from '../../base/sandbox-error'
import type { Clock, Disk, DiskFile } from '../../env'
import { joinDiskPath, toDiskPath } from '../disk-path'
import type { LogFields, LogLevel, ProgramLog } from './program-log'

/** A file is full at this size, in bytes, and the next one begins. */
const FILE_BYTES = 1024 * 1024
/** All files together stay within five full ones: before a new one begins, the oldest go. */
const KEPT_BYTES = 4 * FILE_BYTES
/** Many short runs leave many short files. */
const MOST_KEPT_FILES = 50
/** Entries beyond this many that wait for the disk are dropped, and counted. */
const MOST_WAITING = 5000
const MOST_LINE_LENGTH = 32 * 1024

const fileName = /^sandbox-\d{13}-\d+\.jsonl$/

export interface FileLogOptions {
  readonly clock: Clock
  readonly disk: Disk
  /** Absolute, in the system's own notation; made with the first entry. */
  readonly directory: string
  /** Tells the log's files apart from those of another process at the same moment. */
  readonly processId: number
  /** Told once, when the disk refuses: from then on nothing is logged. */
  readonly onFailure: (error: SandboxError) => void
}

/** A log of lines of JSON, in files that are bounded in size. Each process writes files of its own. */
export class FileLog implements ProgramLog {
  readonly directory: string
  readonly #options: FileLogOptions
  #waiting: string[] = []
  #dropped = 0
  #writing: Promise<void> | undefined
  #file: DiskFile | undefined
  #size = 0
  #hasEnded = false

  constructor(options: FileLogOptions) {
    this.directory = options.directory
    this.#options = options
  }

  write(level: LogLevel, event: string, fields: LogFields): void {
    if (this.#hasEnded) return
    if (this.#waiting.length >= MOST_WAITING) {
      this.#dropped += 1
      return
    }
    this.#waiting.push(lineOf({ atMs: Math.floor(this.#options.clock.wallTimeMs()), level, event, ...fields }))
    this.#writing ??= this.#writeAll()
  }

  async close(): Promise<void> {
    this.#hasEnded = true
    await this.#writing
    await this.#file?.close()
    this.#file = undefined
  }

  /** Writes what waits, in as few operations as may be; never rejects. */
  async #writeAll(): Promise<void> {
    try {
      while (this.#waiting.length > 0) await this.#append(this.#takeWaiting())
    } catch (thrown) {
      this.#hasEnded = true
      this.#waiting = []
      this.#options.onFailure(SandboxError.from(thrown))
    } finally {
      this.#writing = undefined
    }
  }

  #takeWaiting(): Uint8Array {
    const lines = this.#waiting
    this.#waiting = []
    if (this.#dropped > 0) {
      const atMs = Math.floor(this.#options.clock.wallTimeMs())
      lines.push(lineOf({ atMs, level: 'warning', event: 'log.dropped', entries: this.#dropped }))
      this.#dropped = 0
    }
    return new TextEncoder().encode(lines.join(''))
  }

  async #append(bytes: Uint8Array): Promise<void> {
    if (this.#file === undefined || this.#size + bytes.length > FILE_BYTES) await this.#beginFile()
    await this.#file?.write(this.#size, bytes)
    this.#size += bytes.length
  }

  async #beginFile(): Promise<void> {
    const { disk, clock, processId } = this.#options
    const directory = toDiskPath(this.directory)
    await this.#file?.close()
    this.#file = undefined
    await disk.makeDirectory(directory)
    await removeOldFiles(disk, directory)
    const name = `sandbox-${String(Math.floor(clock.wallTimeMs())).padStart(13, '0')}-${String(processId)}.jsonl`
    const file = await disk.open(joinDiskPath(directory, name), { mode: 'open-or-create' })
    this.#file = file
    // Two in one millisecond are one file.
    this.#size = await file.size()
  }
}

function lineOf(entry: LogFields): string {
  const text = JSON.stringify(entry, (_name, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
  if (text.length < MOST_LINE_LENGTH) return `${text}\n`
  const { atMs, level, event } = entry
  return `${JSON.stringify({ atMs, level, event, cut: text.slice(0, MOST_LINE_LENGTH / 2) })}\n`
}

async function removeOldFiles(disk: Disk, directory: string): Promise<void> {
  const names = (await disk.list(directory)).map(({ name }) => name).filter((name) => fileName.test(name))
  let bytes = 0
  for (const [age, name] of names.sort().reverse().entries()) {
    const path = joinDiskPath(directory, name)
    bytes += (await disk.status(path))?.size ?? 0
    if (bytes <= KEPT_BYTES && age < MOST_KEPT_FILES - 1) continue
    try {
      await disk.remove(path)
    } catch (thrown) {
      // Another process still writes it, or has removed it: then it is not ours to remove.
      if (!SandboxError.is(thrown) || !thrown.code.startsWith('DISK_')) throw thrown
    }
  }
}
