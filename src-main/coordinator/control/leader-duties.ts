import type { SandboxError } from '../../base/sandbox-error'
import { SandboxError as SandboxFailure } from '../../base/sandbox-error'
import type { Clock } from '../../env'
import { StoreState } from '../../rpc/generated/dingodb/common_pb'
import type { RpcChannels } from '../../rpc/rpc-channel'
import { JobRunner } from '../jobs/job-runner'
import { RegionReports } from '../liveness/region-reports'
import { StoreLiveness } from '../liveness/store-liveness'
import { stores } from '../meta/meta-table'
import type { ControlContext } from '../model/control-context'
import type { Leadership } from './leadership'
import type { MetaControl } from './meta-control'

/** What the leader's duties are made of. */
export interface LeaderDutiesOptions {
  readonly clock: Clock
  readonly leadership: Leadership
  readonly control: MetaControl
  readonly channels: RpcChannels
  readonly context: ControlContext
  readonly onWarning: (error: SandboxError) => void
}

/** What only the leader does beside answering: it watches the stores and carries out the jobs. */
export class LeaderDuties {
  readonly reports = new RegionReports()
  readonly liveness: StoreLiveness
  readonly #options: LeaderDutiesOptions
  readonly #runner: JobRunner
  /** The term whose duties are done or about to be, 0 for none. */
  #term = 0
  #hasEnded = false

  constructor(options: LeaderDutiesOptions) {
    this.#options = options
    const { clock, control, context } = options
    this.#runner = new JobRunner(options)
    this.liveness = new StoreLiveness(clock, context.settings.storeOfflineMs, (storeIds) => {
      void this.#setOffline(storeIds)
    })
    control.onCommit = () => {
      this.#runner.wake()
    }
  }

  /** @param ledTerm the term that this coordinator leads, 0 if it does not */
  roleChanged(ledTerm: number): void {
    if (this.#hasEnded || ledTerm === this.#term) return
    this.#rest()
    this.#term = ledTerm
    if (ledTerm !== 0) void this.#begin(ledTerm)
  }

  /** For good. */
  end(): void {
    this.#hasEnded = true
    this.#rest()
  }

  #rest(): void {
    this.#term = 0
    this.#runner.end()
    this.liveness.end()
    this.reports.clear()
  }

  async #begin(term: number): Promise<void> {
    // A turn later: a Raft node must not be called from its observer.
    await Promise.resolve()
    try {
      await this.#options.leadership.ready()
    } catch (thrown) {
      // Leadership is gone already; who leads now has these duties.
      if (SandboxFailure.from(thrown).code === 'DINGODB_ERROR') return
      throw thrown
    }
    if (this.#term !== term) return
    const known = this.#options.control.state.list(stores).filter(({ state }) => state !== StoreState.STORE_NEW)
    this.liveness.begin(known.map(({ id }) => Number(id)))
    this.#runner.begin()
  }

  async #setOffline(storeIds: readonly number[]): Promise<void> {
    try {
      const { state } = this.#options.control
      if (!storeIds.some((storeId) => state.get(stores, storeId)?.state === StoreState.STORE_NORMAL)) return
      await this.#options.control.run((draft) => {
        for (const storeId of storeIds) {
          const store = draft.get(stores, storeId)
          // It may have been heard from since.
          if (store?.state !== StoreState.STORE_NORMAL || !this.liveness.isSilent(storeId)) continue
          draft.put(stores, storeId, { ...store, state: StoreState.STORE_OFFLINE, epoch: store.epoch + 1n })
        }
      })
    } catch (thrown) {
      const error = SandboxFailure.from(thrown)
      // Not the leader any more: who is, watches the stores.
      if (error.code !== 'DINGODB_ERROR') this.#options.onWarning(error)
    }
  }
}
