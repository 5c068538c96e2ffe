import type { TraceView } from '../flow/flow-views'
import { plainMessage } from '../client/views/plain-message'
import type { StageDatum, StageEvent } from '../flow/stage-event'

/** Of longer data only so many bytes go with a stage; `flow.stage` has all that is kept. */
export const SHOWN_DATUM_BYTES = 4096

/**
 * A stage as it goes to the pages: messages of the protocol are readable as JSON, too; data is cut to what a list and a first
 * look need, while `length` tells how long it is.
 */
export function stageForPage(event: StageEvent): StageEvent {
  const { before, after } = wholeStageForPage(event)
  return { ...event, before: before.map(cut), after: after.map(cut) }
}

/** The same with all of the data that is kept. */
export function wholeStageForPage(event: StageEvent): StageEvent {
  return { ...event, before: event.before.map(readable), after: event.after.map(readable) }
}

export function traceForPage(trace: TraceView): TraceView {
  return { ...trace, stages: trace.stages.map(stageForPage) }
}

const cut = (datum: StageDatum): StageDatum =>
  datum.bytes.length <= SHOWN_DATUM_BYTES ? datum : { ...datum, bytes: datum.bytes.slice(0, SHOWN_DATUM_BYTES) }

function readable(datum: StageDatum): StageDatum {
  if (datum.json !== undefined || datum.bytes.length === 0) return datum
  const message = plainMessage(datum.type, datum.bytes)
  return message === undefined ? datum : { ...datum, json: JSON.stringify(message) }
}
