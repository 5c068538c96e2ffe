import type { RegionRoute } from './region-route'

/** Where one try of a call goes, and how that was found out. */
export interface RoutedCall {
  readonly route: RegionRoute
  /** `host:port` of the node that is asked. */
  readonly address: string
  readonly foundBy: 'cache' | 'coordinators'
  /** 1 for the first. */
  readonly attempt: number
  /** Why it is tried again: what the last try ended with. */
  readonly lastFailure: unknown
}

/**
 * Who follows one call over the nodes, and may stop it on its way. A call that is observed carries the trace's id and no
 * time-out of its own: the operation's deadline ends it, on the clock of the client, which may stand still meanwhile.
 */
export interface CallObserver {
  readonly traceId: string
  /** A node was chosen. The call goes out when what is returned resolves. */
  routed(call: RoutedCall): Promise<void> | undefined
}
