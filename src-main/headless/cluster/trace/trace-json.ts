import type { TraceView } from '../../../flow/flow-views'
import type { StageDatum, StageEvent } from '../../../flow/stage-event'
import { plainMessage } from '../../../client/views/plain-message'
import { hexOf } from '../printable-bytes'
import type { NameOf } from './trace-tree'
import { ownMs } from './trace-tree'

/** The shape of `trace … --json`, as docs/command-line.md promises it. */
export const traceJson = ({ summary, stages, criticalPath }: TraceView, nameOf: NameOf) => ({
  traceId: summary.traceId,
  operation: summary.operation ?? null,
  key: summary.key,
  regionId: summary.regionId === undefined ? null : String(summary.regionId),
  state: summary.state,
  durationMs: summary.durationMs ?? null,
  error: summary.error ?? null,
  criticalPath,
  stages: stages.map((event) => stageJson(event, nameOf, summary.startedAtMs)),
})

const stageJson = (event: StageEvent, nameOf: NameOf, originMs: number) => ({
  id: `${String(event.nodeId)}.${String(event.sequence)}`,
  node: nameOf(event.nodeId),
  stage: event.stage,
  atMs: event.startedAtMs - originMs,
  tookMs: ownMs(event),
  heldMs: event.heldMs,
  entry: event.entry ?? null,
  fate: event.fate ?? null,
  peer: event.peerId === undefined ? null : nameOf(event.peerId),
  cause: event.cause,
  before: event.before.map(datumJson),
  after: event.after.map(datumJson),
  error: event.error ?? null,
})

const datumJson = ({ name, type, bytes, length, json }: StageDatum) => ({
  name,
  type,
  length,
  hex: hexOf(bytes),
  content: json === undefined ? (plainMessage(type, bytes) ?? null) : (JSON.parse(json) as unknown),
})
