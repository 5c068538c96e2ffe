import type { Random } from '../random'
import { ByteStore } from './byte-store'
import type { CrashPolicy, DrawnSurvival } from './crash-options'
import { drawSurvival, drawSurvivors, SECTOR_BYTES } from './crash-options'

/** A change that a crash may undo. */
type UnsyncedChange =
  | { readonly kind: 'write'; readonly sequence: number; readonly position: number; readonly bytes: Uint8Array }
  | { readonly kind: 'truncate'; readonly sequence: number; readonly size: number }

/** How much of a failed operation happened all the same. */
export type FailureExtent = 'none' | 'part' | 'all'

/**
 * The content of a simulated file, twice: as readers see it, and as a crash is sure to leave it; between the two the
 * changes that no sync has covered, in order.
 */
export class StoredFile {
  readonly kind = 'file'
  readonly visible = new ByteStore()
  readonly durable = new ByteStore()
  #unsynced: UnsyncedChange[] = []
  #lastSequence = 0
  #resolvedThrough = 0
  /** Whether a failed sync gave up changes that readers still see. */
  #gaveUpChanges = false
  /** How many handles are open: an unlinked file keeps its space until the last one is closed. */
  openHandles = 0
  unlinked = false
  /** Whether its space was given back. */
  released = false

  /** Whether a crash could change what readers see. */
  get isDirty(): boolean {
    return this.#unsynced.length > 0 || this.#gaveUpChanges
  }

  /** The last change whose caller was told that it happened: what a sync that begins now must cover. */
  get resolvedThrough(): number {
    return this.#resolvedThrough
  }

  /** Makes the bytes visible. They are kept, so they must be the disk's own copy. */
  write(position: number, bytes: Uint8Array): number {
    this.visible.write(position, bytes)
    this.#unsynced.push({ kind: 'write', sequence: ++this.#lastSequence, position, bytes })
    return this.#lastSequence
  }

  truncate(size: number): number {
    this.visible.truncate(size)
    this.#unsynced.push({ kind: 'truncate', sequence: ++this.#lastSequence, size })
    return this.#lastSequence
  }

  /** Notes that the caller of a change was told that it happened. */
  changeResolved(sequence: number): void {
    if (sequence > this.#resolvedThrough) this.#resolvedThrough = sequence
  }

  /**
   * A sync that began when `through` was the last resolved change is done.
   *
   * @param extent what of a failed sync reached the device all the same; what did not is never made durable by a later
   * sync, as in systems that mark pages clean although writing them failed
   */
  synced(through: number, extent: FailureExtent, random: Random): void {
    let covered = 0
    for (const change of this.#unsynced) {
      if (change.sequence > through) break
      covered++
      if (extent === 'all' || (extent === 'part' && random.chance(0.5))) applyWhole(change, this.durable)
    }
    if (covered > 0 && extent !== 'all') this.#gaveUpChanges = true
    if (covered === this.#unsynced.length) this.#unsynced = []
    else this.#unsynced.splice(0, covered)
  }

  /** The power is lost: decides what survives of the unsynced changes, and that is all there is afterwards. */
  crash(policy: CrashPolicy, random: Random): void {
    const survival = drawSurvival(policy.writes, random)
    const survivors = drawSurvivors(survival, this.#unsynced.length, random)
    this.#unsynced.forEach((change, index) => {
      const survives = survivors[index] === true
      if (change.kind === 'truncate') {
        if (survives) applyWhole(change, this.durable)
      } else if (survives) this.#applySurvivor(change.position, change.bytes, survival, policy, random)
      else if (survival === 'subset' && random.chance(0.25)) this.#extendTo(change.position + change.bytes.length)
    })
    this.#unsynced = []
    this.#gaveUpChanges = false
    this.visible.copyFrom(this.durable)
  }

  #applySurvivor(
    position: number,
    bytes: Uint8Array,
    survival: DrawnSurvival,
    policy: CrashPolicy,
    random: Random,
  ): void {
    const torn = survival !== 'all' && random.chance(policy.tearProbability)
    if (torn) this.#applyTorn(position, bytes, random)
    else this.durable.write(position, bytes)
    if (policy.corruptProbability > 0 && random.chance(policy.corruptProbability)) {
      const end = Math.min(position + bytes.length, this.durable.size)
      if (end > position) this.durable.flipBit(random.integer(position, end - 1), random.integer(0, 7))
    }
  }

  /** Keeps some of the sectors that a write touches. The file may have grown over the lost ones: they read as zeros. */
  #applyTorn(position: number, bytes: Uint8Array, random: Random): void {
    const end = position + bytes.length
    const firstPartOnly = random.chance(0.5)
    let cut = false
    for (let start = position; start < end;) {
      const sectorEnd = Math.min(end, (Math.floor(start / SECTOR_BYTES) + 1) * SECTOR_BYTES)
      const kept = random.chance(0.5)
      if (!kept) cut = true
      if (kept && !(firstPartOnly && cut)) {
        this.durable.write(start, bytes.subarray(start - position, sectorEnd - position))
      }
      start = sectorEnd
    }
    if (random.chance(0.5)) this.#extendTo(end)
  }

  /** The length reached the device, the bytes did not. */
  #extendTo(size: number): void {
    if (size > this.durable.size) this.durable.truncate(size)
  }
}

function applyWhole(change: UnsyncedChange, store: ByteStore): void {
  if (change.kind === 'write') store.write(change.position, change.bytes)
  else store.truncate(change.size)
}
