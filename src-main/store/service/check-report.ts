import type { DescMethodUnary, Message } from '@bufbuild/protobuf'
import type { KeyValue } from '../../engine/write-data'
import { errnoOf } from '../../rpc/dingo-error'
import type { RangeWithOptions } from '../../rpc/generated/dingodb/common_pb'
import { StoreRegionState } from '../../rpc/generated/dingodb/common_pb'
import type { Context } from '../../rpc/generated/dingodb/store_pb'
import type { StoreRegion } from '../region/store-region'
import { describeBytes, describeRange } from './describe-bytes'
import { rangeRequestChecks } from './range-checks'
import type { RequestCheck } from './request-checks'
import { keyRequestChecks } from './request-checks'

/** A request of a region, as far as its checks look at it. */
export interface TracedRequest extends Message {
  readonly context?: Context | undefined
  readonly kv?: KeyValue | undefined
  readonly kvs?: readonly KeyValue[]
  readonly key?: Uint8Array
  readonly keys?: readonly Uint8Array[]
  readonly range?: RangeWithOptions | undefined
  readonly ts?: bigint
  readonly ttl?: bigint
}

/** One check as it went. */
export interface CheckResult {
  readonly name: string
  readonly question: string
  readonly result: 'passed' | 'refused' | 'not reached'
  /** What was compared with what; empty where nothing is. */
  readonly compared: string
}

const setMethods = new Set(['kvPut', 'kvBatchPut', 'kvPutIfAbsent', 'kvBatchPutIfAbsent'])

/**
 * The checks of a request in their order, with what each compared.
 *
 * @param region undefined if this store has none of that id
 * @param refusal what the request was refused with; undefined if it passed
 */
export function checkReport(
  method: DescMethodUnary,
  request: TracedRequest,
  region: StoreRegion | undefined,
  refusal: unknown,
): readonly CheckResult[] {
  const checks = checksOf(method)
  const code = refusal === undefined ? undefined : errnoOf(refusal)
  const refusing = code === undefined ? checks.length : checks.findIndex(({ refusals }) => refusals.includes(code))
  return checks.map(({ name, question }, position) => ({
    name,
    question,
    result: position < refusing ? 'passed' : position === refusing ? 'refused' : 'not reached',
    compared: compared(name, request, region),
  }))
}

/** Deletions and comparisons are let through on a cluster that takes no new data, as in DingoDB; reads look at no space. */
function checksOf({ localName }: DescMethodUnary): readonly RequestCheck[] {
  if (localName !== 'kvDeleteRange') {
    return keyRequestChecks.filter(({ name }) => name !== 'checkWritable' || setMethods.has(localName))
  }
  const [find, enter, epoch, ...rest] = keyRequestChecks
  const ofRange = rest.filter(({ name }) => name === 'checkState')
  return [find, enter, epoch, ...rangeRequestChecks, ...ofRange].filter((check) => check !== undefined)
}

function compared(check: string, request: TracedRequest, region: StoreRegion | undefined): string {
  switch (check) {
    case 'requireRegion':
      return `region ${String(request.context?.regionId ?? 0n)}`
    case 'checkEpoch': {
      const asked = request.context?.regionEpoch
      const known = asked === undefined ? 'none' : `${String(asked.confVersion)}_${String(asked.version)}`
      return `request ${known}, region ${region === undefined ? '' : epochText(region)}`
    }
    case 'checkKey':
      return keysOf(request)
        .map((key) => `${describeBytes(key)} (${String(key.length)} bytes)`)
        .join(', ')
    case 'checkNotNegative':
      return request.ttl === undefined ? `ts ${String(request.ts ?? 0n)}` : `ttl ${String(request.ttl)}`
    case 'checkState':
      return region === undefined ? '' : StoreRegionState[region.peerState]
    case 'checkKeyInRange':
      return region === undefined
        ? ''
        : `${keysOf(request).map(describeBytes).join(', ')} in ${describeRange(region.range)}`
    case 'checkRange':
    case 'checkRangeInRegion': {
      const { startKey, endKey } = request.range?.range ?? { startKey: new Uint8Array(), endKey: new Uint8Array() }
      return `${describeRange({ startKey, endKey })}${region === undefined ? '' : ` in ${describeRange(region.range)}`}`
    }
    default:
      return ''
  }
}

const epochText = ({ epoch }: StoreRegion) => `${String(epoch.confVersion)}_${String(epoch.version)}`

/** Of so many keys a report tells. */
const MOST_KEYS = 8

function keysOf({ kv, kvs, key, keys }: TracedRequest): readonly Uint8Array[] {
  if (kv !== undefined) return [kv.key]
  if (key !== undefined) return [key]
  return (keys ?? (kvs ?? []).map((each) => each.key)).slice(0, MOST_KEYS)
}
