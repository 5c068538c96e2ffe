import type { CallObserver } from '../../client/call-observer'
import type { ClusterClient } from '../../client/cluster-client'
import type { ComposedCall } from '../../client/composed-call'
import type { RegionRoute } from '../../client/region-route'
import type { RequestTrace } from '../../flow/flow-probe'
import { bytesDatum, jsonDatum } from '../../flow/stage-data'
import { resultCause, routedCause } from './client-causes'

/**
 * Sends a composed request under its trace, with the client's own stages: where it goes, at each try, and what became of it.
 *
 * @throws what the client throws; an unknown outcome stays CLIENT_OUTCOME_UNKNOWN
 */
export async function runComposed(
  client: ClusterClient,
  call: ComposedCall,
  trace: RequestTrace,
  onRouted: (route: RegionRoute) => void,
): Promise<void> {
  const request = bytesDatum('request', call.method.input.typeName, call.bytes)
  const observer: CallObserver = {
    traceId: trace.traceId,
    routed: (routed) => {
      onRouted(routed.route)
      const stage = trace.enter(call.effect === 'read' ? 'client.kvGet' : 'client.kvPut', () => ({
        before: [request],
        after: [jsonDatum('route', 'route', { ...routed.route, asked: routed.address, foundBy: routed.foundBy })],
        cause: routedCause(routed),
      }))
      if (stage.held === undefined) {
        stage.leave()
        return undefined
      }
      return stage.held.then(() => {
        stage.leave()
      })
    },
  }
  try {
    const { bytes } = await client.composed.run(call, observer)
    const response = bytesDatum('response', call.method.output.typeName, bytes)
    const stage = trace.enter('client.result', () => ({ before: [response], cause: resultCause(undefined) }))
    if (stage.held !== undefined) await stage.held
    stage.leave()
  } catch (error) {
    const stage = trace.enter('client.result', () => ({ before: [], cause: resultCause(error) }))
    if (stage.held !== undefined) await stage.held
    stage.leave(() => ({ error }))
    throw error
  }
}
