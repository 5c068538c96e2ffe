import type { FlowControl } from '../../flow/flow-views'

/**
 * Stepping of the cluster that is open in this program, for the screens. Everything but listening and watching is refused
 * with SESSION_NOT_RUNNING while none runs; the gates of a cluster end with it.
 */
export interface SteppingControl extends FlowControl {
  /**
   * Somebody watches who can let operations go on: only then gates stop anything, in this cluster and in those that are
   * opened later.
   *
   * @returns to be called when that ends
   */
  watch(): () => void
}
