import type { StageEvent } from '../stage-event'
import { stageId } from '../stage-event'
import type { Trace } from './trace-store'

/**
 * A trace as OTLP JSON (opentelemetry-proto, ExportTraceServiceRequest): one resource a node, one span a stage, below one
 * span for the whole operation.
 *
 * @param nameOf the name of a node, `client` for 0
 */
export function toOtlp(trace: Trace, ordered: readonly StageEvent[], nameOf: (nodeId: number) => string): string {
  const traceId = hex(trace.traceId, 32)
  const rootId = hex('1', 16)
  const endedAtMs = trace.endedAtMs ?? Math.max(trace.startedAtMs, ...ordered.map((event) => event.endedAtMs))
  const root = {
    traceId,
    spanId: rootId,
    name: trace.operation ?? 'operation',
    kind: 3,
    startTimeUnixNano: nanoseconds(trace.startedAtMs),
    endTimeUnixNano: nanoseconds(endedAtMs),
    attributes: attributes({ 'dingodb.region': trace.regionId, 'dingodb.key': trace.key }),
    status: trace.error === undefined ? {} : { code: 2, message: trace.error.message },
  }
  const nodeIds = [...new Set([0, ...ordered.map(({ nodeId }) => nodeId)])]
  const resourceSpans = nodeIds.map((nodeId) => ({
    resource: { attributes: attributes({ 'service.name': nameOf(nodeId), 'service.instance.id': String(nodeId) }) },
    scopeSpans: [
      {
        scope: { name: 'dingodb-store-sandbox' },
        spans: [
          ...(nodeId === 0 ? [root] : []),
          ...ordered.filter((event) => event.nodeId === nodeId).map((event) => spanOf(event, traceId, rootId)),
        ],
      },
    ],
  }))
  return JSON.stringify({ resourceSpans }, null, 2)
}

function spanOf(event: StageEvent, traceId: string, parentSpanId: string) {
  const { stage, startedAtMs, endedAtMs, regionId, entry, peerId, heldMs, fate, cause, error } = event
  return {
    traceId,
    spanId: spanIdOf(event),
    parentSpanId,
    name: stage,
    kind: stage === 'service.validate' ? 2 : 1,
    startTimeUnixNano: nanoseconds(startedAtMs),
    endTimeUnixNano: nanoseconds(endedAtMs),
    attributes: attributes({
      'dingodb.region': regionId,
      'dingodb.raft.term': entry?.term,
      'dingodb.raft.index': entry?.index,
      'dingodb.peer': peerId,
      'dingodb.held_ms': heldMs === 0 ? undefined : heldMs,
      'dingodb.message.fate': fate,
      'dingodb.cause': cause.sentence,
    }),
    status: error === undefined ? {} : { code: 2, message: error.message },
  }
}

/** Node and number make a span's id unique within its trace. */
function spanIdOf(event: StageEvent): string {
  const [nodeId = '0', sequence = '0'] = stageId(event).split('.')
  return Number(nodeId).toString(16).padStart(8, '0') + (Number(sequence) + 1).toString(16).padStart(8, '0').slice(-8)
}

function hex(text: string, digits: number): string {
  return text.padStart(digits, '0').slice(-digits)
}

function nanoseconds(ms: number): string {
  return String(BigInt(Math.round(ms * 1000)) * 1000n)
}

interface Attribute {
  readonly key: string
  readonly value: { readonly stringValue: string } | { readonly intValue: string } | { readonly doubleValue: number }
}

function attributes(values: Readonly<Record<string, string | number | undefined>>): readonly Attribute[] {
  const present: Attribute[] = []
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined) continue
    if (typeof value === 'string') present.push({ key, value: { stringValue: value } })
    else if (Number.isInteger(value)) present.push({ key, value: { intValue: String(value) } })
    else present.push({ key, value: { doubleValue: value } })
  }
  return present
}
