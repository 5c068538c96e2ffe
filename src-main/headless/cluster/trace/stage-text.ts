import { plainMessage } from '../../../client/views/plain-message'
import type { StageDatum, StageEvent } from '../../../flow/stage-event'
import { readable } from '../printable-bytes'
import type { NameOf } from './trace-tree'

const MOST_LINES = 24

/** A stage at which an operation stands, with its data, for people. */
export function stageText(event: StageEvent, nameOf: NameOf): string {
  const { stage, nodeId, entry, cause, before, after } = event
  const where =
    entry === undefined
      ? ''
      : `  region ${String(entry.regionId)}, term ${String(entry.term)}, index ${String(entry.index)}`
  return [
    `── ${stage} on ${nameOf(nodeId)}${where}`,
    `   ${cause.sentence}`,
    ...before.flatMap((datum) => datumLines('takes', datum)),
    ...after.flatMap((datum) => datumLines('makes', datum)),
  ].join('\n')
}

function datumLines(verb: string, { name, type, bytes, length, json }: StageDatum): string[] {
  const message = json === undefined ? plainMessage(type, bytes) : (JSON.parse(json) as unknown)
  const size = length > 0 ? `, ${String(length)} bytes` : ''
  if (message === undefined) return [`   ${verb} ${name} (${type}${size}): ${readable(bytes)}`]
  const lines = JSON.stringify(message, null, 2).split('\n')
  const rest = lines.length - MOST_LINES
  const shown = rest > 0 ? [...lines.slice(0, MOST_LINES), `… ${String(rest)} lines more`] : lines
  return [`   ${verb} ${name} (${type}${size}):`, ...shown.map((line) => `     ${line}`)]
}
