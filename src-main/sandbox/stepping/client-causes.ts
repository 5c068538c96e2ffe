import type { RoutedCall } from '../../client/call-observer'
import { SandboxError } from '../../base/sandbox-error'
import type { StageCause } from '../../flow/stage-event'

/** Why a request goes where it goes: the region of its key, and how the client knows it. */
export function routedCause({ route, address, foundBy, attempt, lastFailure }: RoutedCall): StageCause {
  const parameters = {
    region: route.regionId,
    address,
    epoch: `${String(route.confVersion)}/${String(route.version)}`,
    attempt,
    reason: lastFailure === undefined ? '' : SandboxError.from(lastFailure).message,
  }
  const { region, epoch } = parameters
  const target = `region ${String(region)} (epoch ${epoch}), whose leader is asked at ${address}`
  const guess = `region ${String(region)} (epoch ${epoch}); who leads it is not known, so that ${address} is asked, which can name the leader`
  const where = route.leader === undefined ? guess : target
  if (attempt > 1) {
    const sentence = `It is tried again, the ${ordinal(attempt)} time: ${parameters.reason} The key lies in ${where}.`
    return { code: 'client.routed.again', parameters, sentence }
  }
  return foundBy === 'cache'
    ? { code: 'client.routed.cache', parameters, sentence: `The client remembers that the key lies in ${where}.` }
    : {
        code: 'client.routed.coordinators',
        parameters,
        sentence: `The coordinators say that the key lies in ${where}.`,
      }
}

/** What the client tells its caller. @param error undefined for an answer */
export function resultCause(error: unknown): StageCause {
  if (error === undefined) {
    return { code: 'client.answered', parameters: {}, sentence: 'The region has answered: the caller has its result.' }
  }
  const { code, message } = SandboxError.from(error)
  const parameters = { error: code, reason: message }
  return code === 'CLIENT_OUTCOME_UNKNOWN'
    ? {
        code: 'client.unknown',
        parameters,
        sentence: `Nobody can say whether it took effect, and the caller is told so. ${message}`,
      }
    : { code: 'client.failed', parameters, sentence: `The caller is told why it failed: ${message}` }
}

function ordinal(attempt: number): string {
  return `${String(attempt)}${attempt === 2 ? 'nd' : attempt === 3 ? 'rd' : 'th'}`
}
