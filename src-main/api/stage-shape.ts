import type { TraceView } from '../flow/flow-views'
import type { StageDatum, StageEvent } from '../flow/stage-event'

/** Of longer data only so many bytes go with a stage; `flow.stage` has all that is kept. */
export const SHOWN_DATUM_BYTES = 4096

/** A stage as it goes to the pages: its data cut to what a list and a first look need. `length` tells how long they are. */
export function stageForPage(event: StageEvent): StageEvent {
  if (event.before.every(isShort) && event.after.every(isShort)) return event
  return { ...event, before: event.before.map(cut), after: event.after.map(cut) }
}

export function traceForPage(trace: TraceView): TraceView {
  return { ...trace, stages: trace.stages.map(stageForPage) }
}

const isShort = ({ bytes }: StageDatum) => bytes.length <= SHOWN_DATUM_BYTES

const cut = (datum: StageDatum): StageDatum =>
  isShort(datum) ? datum : { ...datum, bytes: datum.bytes.slice(0, SHOWN_DATUM_BYTES) }
