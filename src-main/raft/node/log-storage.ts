import type { LogGap, RaftStorage } from '../core/log/storage'
import type { ConfState } from '../core/model/conf-state'
import type { Entry } from '../core/model/entry'
import { countWithinSize } from '../core/model/entry'
import type { HardState } from '../core/model/hard-state'
import type { Snapshot } from '../core/model/snapshot'
import type { RaftLogStore } from '../log/raft-log-store'
import type { CatchUpReader } from './catch-up-reader'

/**
 * A {@link RaftLogStore} as the core reads it: at once, from memory. Entries that are on disk only are answered with
 * "compacted", and while they are being read there is "no snapshot at hand", which makes the core come back later. So a
 * follower that is far behind is fed from disk and needs no snapshot.
 */
export class LogStorage implements RaftStorage {
  readonly #log: RaftLogStore
  readonly #catchUp: CatchUpReader
  readonly #confState: ConfState
  readonly #newestSnapshot: () => Snapshot | undefined
  #waitsForDisk = false

  /**
   * @param confState who is a member where the state machine is at the start
   * @param newestSnapshot the snapshot to send, undefined while there is none; asking may set off saving one
   */
  constructor(
    log: RaftLogStore,
    catchUp: CatchUpReader,
    confState: ConfState,
    newestSnapshot: () => Snapshot | undefined,
  ) {
    this.#log = log
    this.#catchUp = catchUp
    this.#confState = confState
    this.#newestSnapshot = newestSnapshot
  }

  initialState(): { readonly hardState: HardState; readonly confState: ConfState } {
    return { hardState: this.#log.hardState, confState: this.#confState }
  }

  firstIndex(): number {
    return this.#log.firstIndex
  }

  lastIndex(): number {
    return this.#log.lastIndex
  }

  term(index: number): number | LogGap {
    if (index < this.#log.mark.index) return 'compacted'
    if (index > this.#log.lastIndex) return 'unavailable'
    return this.#log.term(index)
  }

  entries(low: number, high: number, maxBytes: number): readonly Entry[] | LogGap {
    this.#waitsForDisk = false
    if (low < this.#log.firstIndex) return 'compacted'
    if (high > this.#log.lastIndex + 1) return 'unavailable'
    const entries = this.#log.cachedEntries(low, high, maxBytes) ?? this.#catchUp.read(low, high)
    if (entries === undefined) {
      this.#waitsForDisk = true
      return 'compacted'
    }
    // The log limits data alone; the core counts what an entry costs beside it, too.
    const count = countWithinSize(entries, 0, entries.length, maxBytes)
    return count === entries.length ? entries : entries.slice(0, count)
  }

  snapshot(): Snapshot | undefined {
    const waitsForDisk = this.#waitsForDisk
    this.#waitsForDisk = false
    return waitsForDisk ? undefined : this.#newestSnapshot()
  }
}
