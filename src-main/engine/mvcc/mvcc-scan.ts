import type { RawEntry, RawIterator } from '../raw/raw-engine'
import type { EngineScan } from '../engine-reader'
import type { KeyValue } from '../write-data'
import { decodeVersionKey, isSameKey, versionTimestamp } from './key-codec'
import { visibleValue } from './value-codec'

const noBytes = new Uint8Array(0)
const noEntries: readonly RawEntry[] = []

/** A walk over stored versions that gives of each key the newest one that is not too new, unless it is deleted or expired. */
export class MvccScan implements EngineScan {
  readonly #versions: RawIterator
  readonly #ts: bigint | undefined
  readonly #keysOnly: boolean
  readonly #nowMs: number
  #page = noEntries
  #position = 0
  /** The stored key of the version that decided about its key last: the older ones behind it are passed over. */
  #decided: Uint8Array | undefined
  #hasEnded = false

  /** @param versions owned by the scan */
  constructor(versions: RawIterator, ts: bigint | undefined, keysOnly: boolean, nowMs: number) {
    this.#versions = versions
    this.#ts = ts
    this.#keysOnly = keysOnly
    this.#nowMs = nowMs
  }

  async next(maxCount: number, maxBytes: number): Promise<readonly KeyValue[]> {
    const found: KeyValue[] = []
    let bytes = 0
    while (found.length < maxCount && (found.length === 0 || bytes < maxBytes)) {
      const version = this.#page[this.#position]
      if (version === undefined) {
        if (!(await this.#readPage())) break
        continue
      }
      this.#position += 1
      const keyValue = this.#decide(version)
      if (keyValue === undefined) continue
      found.push(keyValue)
      bytes += keyValue.key.length + keyValue.value.length
    }
    return found
  }

  close(): Promise<void> {
    return this.#versions.close()
  }

  async #readPage(): Promise<boolean> {
    if (this.#hasEnded) return false
    this.#page = await this.#versions.nextPage()
    this.#position = 0
    this.#hasEnded = this.#page.length === 0
    return !this.#hasEnded
  }

  #decide({ key, value }: RawEntry): KeyValue | undefined {
    if (this.#decided !== undefined && isSameKey(this.#decided, key)) return undefined
    if (this.#ts !== undefined && versionTimestamp(key) > this.#ts) return undefined
    this.#decided = key
    const visible = visibleValue(value, this.#nowMs)
    return visible && { key: decodeVersionKey(key), value: this.#keysOnly ? noBytes : visible }
  }
}
