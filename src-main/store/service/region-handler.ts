import type { DescMethodUnary, MessageInitShape, MessageShape } from '@bufbuild/protobuf'
import type { WriteMoments } from '../../engine/write-data'
import type { Clock } from '../../env/clock'
import type { FlowProbe } from '../../flow/flow-probe'
import type { CallContext, UnaryHandler } from '../../rpc/call'
import type { ResponseInfoSchema } from '../../rpc/generated/dingodb/common_pb'
import type { Context } from '../../rpc/generated/dingodb/store_pb'
import { StoreService } from '../../rpc/generated/dingodb/store_pb'
import type { StoreMetrics } from '../inspection/store-metrics'
import type { StoreRegion, StoreRegions } from '../region/store-region'
import type { ReadTurns } from './read-turns'
import { withHints } from './region-hints'
import type { FollowedRequest } from './request-trace'
import { beginRequestTrace } from './request-trace'
import { requireRegion } from './request-checks'
import type { RequestKind, RequestsUnderWay } from './requests-under-way'
import type { StoreServiceSettings } from './service-settings'
import type { StoreLocations } from './store-ports'

/** What all handlers of a region's requests share. */
export interface RegionHandlerContext {
  readonly regions: StoreRegions
  readonly locations: StoreLocations
  readonly clock: Clock
  readonly requests: RequestsUnderWay
  readonly readTurns: ReadTurns
  readonly metrics: StoreMetrics
  /** Follows requests. */
  readonly probe: FlowProbe
  /** Read anew with every request. */
  readonly settings: StoreServiceSettings
}

/** Stands for the moment of a write that was not begun. */
const NOT_WRITTEN = -1

/** A request on its way, as far as the region is found. */
export interface RegionCall {
  readonly region: StoreRegion
  /** Says whether the caller still waits. */
  readonly signal: { readonly aborted: boolean }
  /** Monotonic ms at which the engine was handed the write; {@link NOT_WRITTEN} for a request that writes nothing. */
  writeStartedMs: number
  /** When it went through the log; undefined until it did, and for an engine without log. */
  writeMoments?: WriteMoments | undefined
  /** Absent for all but the requests that somebody follows. */
  readonly followed: FollowedRequest | undefined
}

type StoreMethods = (typeof StoreService)['method']
/** The methods of StoreService that may name a region. */
export type RegionMethodName = {
  [Name in keyof StoreMethods]: StoreMethods[Name] extends DescMethodUnary
    ? MessageShape<StoreMethods[Name]['input']> extends { context?: Context | undefined }
      ? Name
      : never
    : never
}[keyof StoreMethods]

type Request<Name extends RegionMethodName> = MessageShape<StoreMethods[Name]['input']>
type Response<Name extends RegionMethodName> = MessageInitShape<StoreMethods[Name]['output']>

/** How a method is answered once its region is found and has room for it. */
export interface RegionHandlerOptions<Name extends RegionMethodName> {
  readonly kind: RequestKind
  /** Whether there is nothing to do: answered without a look at the rest of the request (dingodb.md 3.5 row 1). */
  readonly isEmpty?: (request: Request<Name>) => boolean
  readonly answer: (request: Request<Name>, call: RegionCall) => Promise<Response<Name>>
}

/**
 * The handler of one method: finds the region, counts the request as under way, answers, measures, and completes errors with
 * the hints that clients need.
 */
export function regionHandler<Name extends RegionMethodName>(
  name: Name,
  context: RegionHandlerContext,
  options: RegionHandlerOptions<Name>,
): UnaryHandler<StoreMethods[Name]> {
  const { regions, locations, clock, requests, readTurns, settings, probe } = context
  const { kind, isEmpty, answer } = options
  const metrics = context.metrics.method(name)
  const method = StoreService.method[name]

  const serve = async (
    request: Request<Name>,
    signal: CallContext,
    followed: FollowedRequest | undefined,
  ): Promise<Response<Name>> => {
    const startedMs = clock.monotonicMs()
    let region: StoreRegion | undefined
    try {
      if (followed !== undefined) await followed.validate()
      region = requireRegion(regions, (request as { context?: Context }).context, locations.storeId)
      if (isEmpty?.(request) === true) return (await respondEmpty(region, followed)) as Response<Name>
      requests.enter(region.id, kind, settings.maxPendingRequests)
      try {
        const call: RegionCall = { region, signal, writeStartedMs: NOT_WRITTEN, followed }
        const response = await answer(request, call)
        ;(response as WithResponseInfo).responseInfo = responseInfoOf(call, startedMs, clock.monotonicMs())
        if (followed !== undefined) await followed.respond(region, response, clock.monotonicMs() - startedMs)
        return response
      } finally {
        requests.leave(region.id, kind)
      }
    } catch (thrown) {
      metrics.failed()
      const error = region === undefined ? thrown : withHints(thrown, region, locations)
      if (followed !== undefined) await followed.respondError(region, error, clock.monotonicMs() - startedMs)
      throw error
    } finally {
      metrics.answered(clock.monotonicMs() - startedMs - (followed?.heldMs ?? 0))
    }
  }

  return (request: Request<Name>, call: CallContext): Promise<Response<Name>> => {
    const isFollowed = probe.isOn || call.traceId !== undefined
    const followed = isFollowed ? beginRequestTrace(probe, method, request, call) : undefined
    return kind === 'read' ? readTurns.begin(() => serve(request, call, followed)) : serve(request, call, followed)
  }
}

async function respondEmpty(region: StoreRegion, followed: FollowedRequest | undefined): Promise<object> {
  const response = {}
  if (followed !== undefined) await followed.respond(region, response, 0)
  return response
}

interface WithResponseInfo {
  responseInfo?: MessageInitShape<typeof ResponseInfoSchema>
}

/**
 * The times of a request in DingoDB's terms. Its `raft_queue_wait_time` is of a queue that this program does not have: what is
 * committed waits for what is being applied within `raft_commit_time`. A write of an engine without log is told as one.
 */
function responseInfoOf(
  call: RegionCall,
  startedMs: number,
  endedMs: number,
): MessageInitShape<typeof ResponseInfoSchema> {
  const totalRpcTimeNs = nanoseconds(endedMs - startedMs)
  if (call.writeStartedMs === NOT_WRITTEN) return { timeInfo: { totalRpcTimeNs } }
  const { writeMoments: moments } = call
  if (moments === undefined) {
    return {
      timeInfo: {
        totalRpcTimeNs,
        prepairCommitTimeNs: nanoseconds(call.writeStartedMs - startedMs),
        storeWriteTimeNs: nanoseconds(endedMs - call.writeStartedMs),
      },
    }
  }
  return {
    timeInfo: {
      totalRpcTimeNs,
      prepairCommitTimeNs: nanoseconds(moments.proposedMs - startedMs),
      raftCommitTimeNs: nanoseconds(moments.applyBeganMs - moments.proposedMs),
      raftApplyTimeNs: nanoseconds(moments.appliedMs - moments.applyBeganMs),
      storeWriteTimeNs: nanoseconds(moments.appliedMs - moments.storeWriteMs),
    },
  }
}

function nanoseconds(ms: number): bigint {
  return BigInt(Math.round(ms * 1e6))
}
