import { SandboxError } from '../../base/sandbox-error'
import type { Clock } from '../../env'
import type { FlowProbe } from '../../flow/flow-probe'
import { noProbe } from '../../flow/flow-probe'
import type { EnterStage } from '../../flow/pass-stage'
import type { ConfState } from '../../raft/core/model/conf-state'
import type { EntryId } from '../../raft/core/model/entry'
import type { AppliedState, ApplyBatch, StateMachine, StateMachineSnapshot } from '../../raft/node/state-machine'
import { applyCommands } from '../apply/apply-commands'
import type { ApplyResult } from '../apply/apply-result'
import { decodeCommand } from '../command/decode-command'
import type { EngineListener, EngineRegion, EngineRegionPeers } from '../engine-region'
import { encodeRange } from '../mvcc/key-codec'
import type { MvccStore } from '../mvcc/mvcc-store'
import { RawWriteBatch } from '../raw/raw-write-batch'
import { writeInStages } from '../raw-write-stages'
import { dataFamilies, discardIncompleteIngests, hasIncompleteIngest } from '../region/region-data'
import type { RegionRecord } from '../region/region-record'
import { EMPTY_RECORD, encodeRecord, META_FAMILY, readRecord, recordKey } from '../region/region-record'
import { causes } from '../stage-causes'
import { encodeSnapshot, exportedRange, readPreamble } from './snapshot-stream'

/**
 * What the Raft group of a region replicates (StoreStateMachine of dingo-store): its range of the raw engine. The data of
 * a batch of entries and how far they reach are one write, so after a crash they agree.
 */
export class RegionStateMachine implements StateMachine<ApplyResult> {
  readonly #region: EngineRegion
  readonly #store: MvccStore
  readonly #listener: Pick<EngineListener, 'peersChanged'>
  readonly #probe: FlowProbe
  readonly #clock: Pick<Clock, 'monotonicMs'> | undefined
  readonly #recordKey: Uint8Array
  /**
   * Flushes the raw engine, all regions of the store together. Undefined where the process has the data in its memory: there
   * a flush writes everything, and a snapshot of the region alone is less.
   */
  readonly persist: (() => Promise<EntryId>) | undefined
  #record: RegionRecord

  private constructor(
    region: EngineRegion,
    store: MvccStore,
    listener: Pick<EngineListener, 'peersChanged'>,
    probe: FlowProbe,
    clock: Pick<Clock, 'monotonicMs'> | undefined,
    record: RegionRecord,
  ) {
    this.#region = region
    this.#store = store
    this.#listener = listener
    this.#probe = probe
    this.#clock = clock
    this.#recordKey = recordKey(region.id)
    this.#record = record
    this.persist = store.rawEngine.supports.survivesProcessDeath ? () => this.#flush() : undefined
    // A crash came between the change of peers and the metadata that follows it.
    if (record.confVersion > region.epoch.confVersion) this.#tellPeers()
  }

  /**
   * Opens the state machine with what the last run left.
   *
   * @param region a live view: its state and epoch are looked at when entries are applied
   * @param clock takes the moments that results tell; three looks at it for each run of entries
   * @throws SandboxError of the raw engine
   */
  static async open(
    region: EngineRegion,
    store: MvccStore,
    listener: Pick<EngineListener, 'peersChanged'> = {},
    probe: FlowProbe = noProbe,
    clock?: Pick<Clock, 'monotonicMs'>,
  ): Promise<RegionStateMachine> {
    const { rawEngine } = store
    const record = await readRecord(rawEngine, region.id)
    if (!(await hasIncompleteIngest(rawEngine, region))) {
      return new RegionStateMachine(region, store, listener, probe, clock, record)
    }
    // Half of a snapshot is no state at all: whoever opens restores it again, or begins anew.
    await store.replace(() => discardIncompleteIngests(rawEngine, region))
    return new RegionStateMachine(region, store, listener, probe, clock, EMPTY_RECORD)
  }

  get applied(): AppliedState {
    return this.#record.applied
  }

  /** The greatest timestamp of an applied write. A leader that has applied an entry of its own term writes above it. */
  get maxAppliedTs(): bigint {
    return this.#record.maxAppliedTs
  }

  async apply({ entries, confState }: ApplyBatch): Promise<readonly ApplyResult[]> {
    const last = entries.at(-1)
    if (last === undefined) return []
    const beganMs = this.#clock?.monotonicMs()
    const moments = beganMs === undefined ? undefined : { beganMs, storeWriteMs: beganMs, appliedMs: beganMs }
    const commands = entries.map(({ type, data }) =>
      type === 'EntryNormal' && data.length > 0 ? decodeCommand(data) : undefined,
    )
    // A change of peers comes alone, so one conf_version holds for all commands of a batch.
    const { batch, results, maxTs } = await applyCommands(
      commands,
      this.#region,
      this.#store,
      this.#confVersion,
      moments,
    )
    const { maxAppliedTs, applied } = this.#record
    const changesPeers = entries.some(({ type }) => type !== 'EntryNormal') && !samePeers(applied.confState, confState)
    const record: RegionRecord = {
      applied: { last: { index: last.index, term: last.term }, confState },
      maxAppliedTs: maxTs > maxAppliedTs ? maxTs : maxAppliedTs,
      confVersion: changesPeers ? this.#confVersion + 1 : this.#record.confVersion,
    }
    batch.put(this.#recordKey, encodeRecord(this.#region.id, record), META_FAMILY)
    if (moments !== undefined) moments.storeWriteMs = this.#clock?.monotonicMs() ?? 0
    if (this.#probe.isOn) await this.#writeWatched(entries, batch)
    else await this.#store.write(batch)
    if (moments !== undefined) moments.appliedMs = this.#clock?.monotonicMs() ?? 0
    this.#record = record
    if (changesPeers) this.#tellPeers()
    return results
  }

  createSnapshot(): Promise<StateMachineSnapshot> {
    const { applied, maxAppliedTs } = this.#record
    const { rawEngine } = this.#store
    const snapshot = rawEngine.snapshot()
    const columnFamilies = dataFamilies(rawEngine)
    const range = encodeRange(this.#region.range)
    const preamble = { regionId: this.#region.id, maxAppliedTs, confVersion: this.#confVersion }
    return Promise.resolve({
      applied,
      read: () => encodeSnapshot(preamble, rawEngine.exportRange({ range, columnFamilies, snapshot })),
      close: () => snapshot.close(),
    })
  }

  async restoreSnapshot(applied: AppliedState, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    const { regionId, maxAppliedTs, confVersion } = await readPreamble(bytes)
    if (regionId !== this.#region.id) {
      const message = `A snapshot for region ${String(this.#region.id)} holds region ${String(regionId)}: remove this replica and add it anew.`
      throw new SandboxError('RAFT_SNAPSHOT_DAMAGED', message, { details: { regionId } })
    }
    // From here until the end there is no state that could be read or applied to; a crash finds nothing applied and restores again.
    await this.#writeRecord(EMPTY_RECORD)
    const within = encodeRange(this.#region.range)
    await this.#store.replace((rawEngine) => rawEngine.ingestRange(() => exportedRange(bytes), { within }))
    await this.#writeRecord({ applied, maxAppliedTs, confVersion })
    if (confVersion > this.#region.epoch.confVersion) this.#tellPeers()
  }

  async #flush(): Promise<EntryId> {
    const { last } = this.#record.applied
    await this.#store.rawEngine.flush()
    return last
  }

  /** The conf_version behind the last applied entry. The metadata follows it, later on and at a moment of its own. */
  get #confVersion(): number {
    return this.#record.confVersion === 0 ? this.#region.epoch.confVersion : this.#record.confVersion
  }

  /** Writes a batch that may carry entries which somebody follows. */
  #writeWatched(entries: ApplyBatch['entries'], batch: RawWriteBatch): Promise<void> {
    const first = entries[0]?.index ?? 0
    const followed = this.#probe.entries(this.#region.id, first, first + entries.length - 1)
    if (followed.length === 0) return this.#store.write(batch)
    const enters = followed.map(
      (entry): EnterStage =>
        (stage, describe) =>
          this.#probe.enterEntry(entry, stage, describe),
    )
    return writeInStages(enters, batch, causes.rawWrite(entries.length), () => this.#store.write(batch))
  }

  #tellPeers(): void {
    const { applied, confVersion } = this.#record
    this.#listener.peersChanged?.(this.#region.id, peersOf(applied.confState), confVersion)
  }

  async #writeRecord(record: RegionRecord): Promise<void> {
    const batch = new RawWriteBatch()
    batch.put(this.#recordKey, encodeRecord(this.#region.id, record), META_FAMILY)
    await this.#store.write(batch)
    this.#record = record
  }
}

/** The peers as clients know them; who becomes a learner at the end of a joint change is one already. */
function peersOf({ voters, learners, learnersNext }: ConfState): EngineRegionPeers {
  return { voters, learners: [...learners, ...learnersNext] }
}

function samePeers(left: ConfState, right: ConfState): boolean {
  const before = peersOf(left)
  const after = peersOf(right)
  return sameIds(before.voters, after.voters) && sameIds(before.learners, after.learners)
}

function sameIds(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((id) => right.includes(id))
}
