import { ClusterClient } from '../../client/cluster-client'
import type { ComposedCall } from '../../client/composed-call'
import { parseComposedCall } from '../../client/composed-call'
import { textOfBytes } from '../../client/views/decode-key'
import type { Clock, Random } from '../../env'
import { FreezableClock } from '../../env/freezable-clock'
import { FlowController } from '../../flow/controller/flow-controller'
import type { FlowControllerOptions } from '../../flow/controller/flow-controller'
import type { ComposedRequest } from '../../flow/flow-views'
import type { RpcChannels } from '../../rpc/rpc-channel'
import { runComposed } from './composed-operation'
import type { FlowNodes } from './flow-nodes'
import { RegionPlaces } from './region-places'
import { readTableOperation } from './table-operation'

/** What the stepping of one cluster is made of. */
export interface ClusterSteppingOptions {
  readonly clock: Clock
  readonly random: Random
  readonly nodes: FlowNodes
  /** `host:port` of the coordinators' server ports. */
  readonly coordinators: readonly string[]
  /** Carries the calls of composed requests; closed with the stepping. */
  readonly channels: RpcChannels
  /** The node that serves clients at `host:port`. */
  readonly nodeAt: (address: string) => number | undefined
  /** A key as people know it, with the names of tables; asked beside the operation, and not waited for. */
  readonly describeKey: (key: Uint8Array) => Promise<string>
  readonly limits?: FlowControllerOptions['limits']
}

/**
 * Stepping of one cluster from its first node to its end: the controller, the nodes that it is attached to, and the client
 * that runs composed requests. That client has a clock of its own, which stands still while anything is held, so that no
 * deadline passes while a person reads.
 */
export class ClusterStepping {
  readonly controller: FlowController
  readonly #client: ClusterClient
  readonly #describeKey: ClusterSteppingOptions['describeKey']
  readonly #places: RegionPlaces
  readonly #stops: ReadonlyArray<() => void>
  #closing: Promise<void> | undefined

  constructor(options: ClusterSteppingOptions) {
    const { clock, random, nodes, coordinators, channels, limits } = options
    const clientClock = new FreezableClock(clock)
    this.#client = new ClusterClient({ coordinators, channels, clock: clientClock, random })
    this.#describeKey = options.describeKey
    this.#places = new RegionPlaces(this.#client, options.nodeAt)
    this.controller = new FlowController({
      clock,
      random,
      clientClock,
      execute: (request, trace, onRouted) => this.#execute(request, trace, onRouted),
      followersOf: (regionId, leaderId) =>
        this.#places.of(regionId)?.voterIds.filter((nodeId) => nodeId !== leaderId) ?? [],
      leaderOf: (regionId) => this.#places.of(regionId)?.leaderId,
      ...(limits === undefined ? {} : { limits }),
    })
    this.#stops = [
      nodes.followFlow(this.controller),
      // Where the nodes' clocks go on (non-stop), the client still has to wait for whom a person reads.
      this.controller.onState(({ holds }) => {
        if (holds.length > 0) clientClock.freeze()
        else clientClock.thaw()
      }),
    ]
  }

  /** As {@link FlowController.run}. @throws SandboxError INVALID_ARGUMENT for a request that cannot be read */
  async run(request: ComposedRequest, options: { readonly step: boolean }): Promise<{ readonly traceId: string }> {
    if (readTableOperation(request) === undefined) parseComposedCall(request.operation, request.json)
    return this.controller.run(request, options)
  }

  /** Lets everything go on. Composed requests under way end with CLIENT_CLOSED or CLIENT_OUTCOME_UNKNOWN. Twice is harmless. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close())
  }

  async #close(): Promise<void> {
    await this.controller.close()
    for (const stop of this.#stops) stop()
    await this.#client.close()
  }

  async #execute(
    request: ComposedRequest,
    trace: Parameters<FlowControllerOptions['execute']>[1],
    onRouted: Parameters<FlowControllerOptions['execute']>[2],
  ): Promise<void> {
    const table = readTableOperation(request)
    if (table !== undefined) {
      onRouted({ regionId: undefined, key: table.name })
      await table.run(this.#client, trace)
      return
    }
    const call = parseComposedCall(request.operation, request.json)
    let regionId: number | undefined
    let key = firstKeyText(call)
    const told = () => {
      onRouted({ regionId, key })
    }
    told()
    void this.#nameOf(call).then((name) => {
      key = name ?? key
      told()
    })
    await runComposed(this.#client, call, trace, (route) => {
      regionId = route.regionId
      this.#places.learn(route)
      told()
    })
  }

  async #nameOf({ keys: [key] }: ComposedCall): Promise<string | undefined> {
    try {
      return key === undefined ? undefined : await this.#describeKey(key)
    } catch {
      // Names of tables are a convenience: without them the key is shown as it is.
      return undefined
    }
  }
}

const firstKeyText = ({ keys: [key] }: ComposedCall) => (key === undefined ? '' : textOfBytes(key))
