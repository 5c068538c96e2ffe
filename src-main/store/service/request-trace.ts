import type { DescMethodUnary, Message } from '@bufbuild/protobuf'
import { create, toBinary } from '@bufbuild/protobuf'
import { SandboxError } from '../../base/sandbox-error'
import type { FlowProbe, OpenStage, RequestTrace, StageOutcome } from '../../flow/flow-probe'
import { passStage } from '../../flow/pass-stage'
import { bytesDatum, jsonDatum } from '../../flow/stage-data'
import type { OperationName } from '../../flow/stages'
import type { CallContext } from '../../rpc/call'
import { toErrorMessage } from '../../rpc/dingo-error'
import type { StoreRegion } from '../region/store-region'
import { causes } from '../stage-causes'
import type { TracedRequest } from './check-report'
import { checkReport } from './check-report'

/** The methods whose requests can be followed, with what a person calls them. */
const operations: Readonly<Partial<Record<string, OperationName>>> = {
  kvPut: 'KvPut',
  kvBatchPut: 'KvBatchPut',
  kvPutIfAbsent: 'KvPutIfAbsent',
  kvBatchPutIfAbsent: 'KvBatchPutIfAbsent',
  kvCompareAndSet: 'KvCompareAndSet',
  kvBatchCompareAndSet: 'KvBatchCompareAndSet',
  kvBatchDelete: 'KvBatchDelete',
  kvDeleteRange: 'KvDeleteRange',
  kvGet: 'KvGet',
  kvBatchGet: 'KvBatchGet',
}

/**
 * Follows a request if somebody wants that. To be asked only while anything may have to be followed.
 *
 * @param request decoded, and left as it is
 */
export function beginRequestTrace(
  probe: FlowProbe,
  method: DescMethodUnary,
  request: Message,
  call: CallContext,
): FollowedRequest | undefined {
  const operation = operations[method.localName]
  if (operation === undefined) return undefined
  const traced = request as TracedRequest
  const { traceId } = call
  const trace = probe.begin({
    operation,
    regionId: Number(traced.context?.regionId ?? 0n),
    key: firstKeyOf(traced),
    mark: traceId === undefined ? undefined : { traceId },
  })
  return trace && new FollowedRequest(trace, method, traced)
}

/** What gates and rules compare: the key, the first of several, or the beginning of a range. */
function firstKeyOf({ kv, kvs, key, keys, range }: TracedRequest): Uint8Array | undefined {
  return kv?.key ?? kvs?.[0]?.key ?? key ?? keys?.[0] ?? range?.range?.startKey
}

/** The service's part of a request that is followed: `service.validate` at its beginning, `service.respond` at its end. */
export class FollowedRequest {
  readonly trace: RequestTrace
  readonly #method: DescMethodUnary
  readonly #request: TracedRequest
  #validating: OpenStage | undefined

  constructor(trace: RequestTrace, method: DescMethodUnary, request: TracedRequest) {
    this.trace = trace
    this.#method = method
    this.#request = request
  }

  /** How long it was held so far, in ms of the store's clock: no time of the store's. */
  get heldMs(): number {
    return this.trace.heldMs
  }

  /** The request has come. Resolves when its checks may begin. */
  async validate(): Promise<void> {
    const { input, name } = this.#method
    const request = this.#request
    this.#validating = this.trace.enter('service.validate', () => ({
      before: [bytesDatum('request', input.typeName, toBinary(input, request))],
      cause: causes.validate(name, Number(request.context?.regionId ?? 0n)),
    }))
    if (this.#validating.held !== undefined) await this.#validating.held
  }

  /** All checks are passed: the request is handed to the storage. */
  validated(region: StoreRegion): void {
    const describe = () => checkReport(this.#method, this.#request, region, undefined)
    this.#validating?.leave(() => ({ after: [jsonDatum('checks', 'checks', describe())] }))
  }

  /** The response is about to leave. Resolves when it may. @param response as the handler made it */
  async respond(region: StoreRegion, response: Readonly<Record<string, unknown>>, totalMs: number): Promise<void> {
    // Where there was nothing to do, the checks were all that was done.
    this.validated(region)
    await this.#respond(response, totalMs, {})
  }

  /** An error is about to be answered. @param region undefined if this store has none of that id */
  async respondError(region: StoreRegion | undefined, error: unknown, totalMs: number): Promise<void> {
    const report = () => checkReport(this.#method, this.#request, region, error)
    // Where the request was valid and failed later, this stage has ended already.
    this.#validating?.leave(() => ({ error, after: [jsonDatum('checks', 'checks', report())] }))
    await this.#respond({ error: toErrorMessage(SandboxError.from(error)) }, totalMs, { error })
  }

  #respond(response: Readonly<Record<string, unknown>>, totalMs: number, outcome: StageOutcome): Promise<void> {
    const { output } = this.#method
    const describe = () => {
      const bytes = toBinary(output, create(output, response))
      return { before: [], after: [bytesDatum('response', output.typeName, bytes)], cause: causes.respond(totalMs) }
    }
    const work = () => undefined
    return passStage(this.trace, 'service.respond', describe, work, () => outcome)
  }
}
