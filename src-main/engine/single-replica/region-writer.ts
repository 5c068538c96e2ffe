import { SandboxError } from '../../base/sandbox-error'
import type { FlowProbe, OpenStage, RequestTrace } from '../../flow/flow-probe'
import type { EnterStage } from '../../flow/pass-stage'
import { passStage } from '../../flow/pass-stage'
import { jsonDatum } from '../../flow/stage-data'
import { applyCommands } from '../apply/apply-commands'
import type { ApplyResult } from '../apply/apply-result'
import type { Command } from '../command/command'
import { decodeCommand } from '../command/decode-command'
import { encodeCommand } from '../command/encode-command'
import type { EngineContext } from '../engine-context'
import { diskFull, givenUp, isDiskFull, replicaNotFound } from '../engine-errors'
import type { EngineRegion } from '../engine-region'
import type { MvccStore } from '../mvcc/mvcc-store'
import { writeInStages } from '../raw-write-stages'
import type { RegionRecord } from '../region/region-record'
import { encodeRecord, META_FAMILY, readRecord, recordKey } from '../region/region-record'
import { causes } from '../stage-causes'
import type { TimestampProvider } from '../timestamp-provider'
import type { WriteDatum, WriteResult } from '../write-data'

interface WaitingWrite {
  readonly context: EngineContext
  readonly datums: readonly WriteDatum[]
  readonly resolve: (result: WriteResult) => void
  readonly reject: (reason: unknown) => void
}

const passedStage: OpenStage = { held: undefined, leave: () => undefined }

interface TimedWrite extends WaitingWrite {
  readonly command: Command
}

/** What the writes of a region go through. */
export interface RegionWriterOptions {
  readonly region: EngineRegion
  readonly store: MvccStore
  readonly timestamps: TimestampProvider
  readonly probe: FlowProbe
}

/**
 * The writes of one region of an engine without replicas: one after the other, those that came while one was written
 * together. So what reads and then writes sees all that was written before it.
 */
export class RegionWriter {
  readonly region: EngineRegion
  readonly #store: MvccStore
  readonly #timestamps: TimestampProvider
  readonly #probe: FlowProbe
  #record: RegionRecord
  #waiting: WaitingWrite[] = []
  #running: Promise<void> | undefined
  #isEnded = false

  private constructor({ region, store, timestamps, probe }: RegionWriterOptions, record: RegionRecord) {
    this.region = region
    this.#store = store
    this.#timestamps = timestamps
    this.#probe = probe
    this.#record = record
  }

  /** @throws SandboxError of the raw engine */
  static async open(options: RegionWriterOptions): Promise<RegionWriter> {
    return new RegionWriter(options, await readRecord(options.store.rawEngine, options.region.id))
  }

  /** How many batches were written. */
  get appliedIndex(): number {
    return this.#record.applied.last.index
  }

  /** See `Engine.write`. */
  write(context: EngineContext, datums: readonly WriteDatum[]): Promise<WriteResult> {
    if (this.#isEnded) return Promise.reject(replicaNotFound(this.region.id))
    const result = new Promise<WriteResult>((resolve, reject) => {
      this.#waiting.push({ context, datums, resolve, reject })
    })
    this.#running ??= this.#run()
    return result
  }

  /** The same for a write that somebody follows. What comes together with it waits while it is held. */
  async writeFollowed(
    context: EngineContext,
    trace: RequestTrace,
    datums: readonly WriteDatum[],
  ): Promise<WriteResult> {
    const regionId = this.region.id
    const result = await passStage(
      trace,
      'engine.asyncWrite',
      () => ({ before: [jsonDatum('write data', 'write-data', { datums })], cause: causes.asyncWrite(regionId) }),
      () => undefined,
    ).then(() => this.write(context, datums))
    const describe = () => ({ before: [jsonDatum('result', 'write-result', result)], cause: causes.answer() })
    return passStage(trace, 'closure.run', describe, () => result)
  }

  /** Refuses what waits and what comes; resolves when what is being written is written. What somebody holds goes on. */
  async end(): Promise<void> {
    this.#isEnded = true
    this.#probe.endRegion(this.region.id)
    const waiting = this.#waiting
    this.#waiting = []
    for (const { reject } of waiting) reject(replicaNotFound(this.region.id))
    await this.#running
  }

  /** Never rejects: whoever waits is told. */
  async #run(): Promise<void> {
    // What comes in this turn of the loop goes along with the first.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const batch = this.#waiting
      this.#waiting = []
      try {
        await this.#writeTogether(await this.#giveTimestamps(batch))
      } catch (error) {
        for (const { reject } of batch) reject(toWriteError(this.region.id, error))
      }
    }
    this.#running = undefined
  }

  async #giveTimestamps(batch: readonly WaitingWrite[]): Promise<readonly TimedWrite[]> {
    const timed: TimedWrite[] = []
    let floor = this.#record.maxAppliedTs
    for (const write of batch) {
      if (write.context.signal?.aborted === true) {
        write.reject(givenUp(this.region.id))
        continue
      }
      const given = this.#timestamps.next(floor)
      const ts = typeof given === 'bigint' ? given : await given
      floor = ts
      const { epoch } = write.context
      const command = decodeCommand(encodeCommand({ regionId: this.region.id, epoch, ts, datums: write.datums }))
      timed.push({ ...write, command })
    }
    return timed
  }

  async #writeTogether(writes: readonly TimedWrite[]): Promise<void> {
    if (writes.length === 0) return
    const { rawEngine } = this.#store
    const commands = writes.map(({ command }) => command)
    const { batch, results, maxTs } = await applyCommands(commands, this.region, this.#store)
    if (batch.length > 0) {
      const { applied, maxAppliedTs, confVersion } = this.#record
      const last = { index: applied.last.index + 1, term: 1 }
      const record = {
        applied: { ...applied, last },
        maxAppliedTs: maxTs > maxAppliedTs ? maxTs : maxAppliedTs,
        confVersion,
      }
      batch.put(recordKey(this.region.id), encodeRecord(this.region.id, record), META_FAMILY)
      const write = () => this.#store.write(batch, { sync: rawEngine.supports.syncWrites })
      const enters = writes.flatMap(({ context: { trace } }) => (trace === undefined ? [] : [this.#enterOf(trace)]))
      if (enters.length === 0) await write()
      else await writeInStages(enters, batch, causes.rawWriteAlone(writes.length), write)
      this.#record = record
    }
    for (const [position, { resolve, reject }] of writes.entries()) settle(results[position], resolve, reject)
  }

  /** Nothing is held any more once the region ends: who takes it down waits for what is being written. */
  #enterOf(trace: RequestTrace): EnterStage {
    return (stage, describe) => (this.#isEnded ? passedStage : trace.enter(stage, describe))
  }
}

function settle(
  result: ApplyResult | undefined,
  resolve: (result: WriteResult) => void,
  reject: (reason: unknown) => void,
): void {
  if (result?.kind === 'refused') reject(result.error)
  else if (result?.kind === 'applied') resolve({ ts: result.ts, keyStates: result.keyStates })
  else reject(new SandboxError('INTERNAL', 'A command was applied without a result. Please report it.'))
}

function toWriteError(regionId: number, error: unknown): unknown {
  return isDiskFull(error) ? diskFull(regionId, error) : error
}
