import type { MetaFlow } from '../control/meta-flow'
import type { CoordinatorSettings } from '../coordinator-settings'
import type { OnCoordinatorStage } from '../coordinator-stage'

/** What control functions learn beside the metadata. */
export interface ControlContext {
  readonly settings: CoordinatorSettings
  /** Wall time in ms since 1970-01-01 UTC. */
  readonly wallTimeMs: () => number
  /** How many regions a store leads, as far as heartbeats have told. */
  readonly leaderCount: (storeId: number) => number
  /** Bytes of chance for keyrings. */
  readonly randomBytes: (length: number) => Uint8Array
  readonly onStage: OnCoordinatorStage
  /** Follows changes that somebody steps through. */
  readonly flow: MetaFlow
}
