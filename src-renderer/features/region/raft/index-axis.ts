import type { ReplicaRaft } from '../../../../src-main/client/views/region-detail'

/** The log positions of a replica that the bars show, the lowest first as a rule. */
export const logPositions = ['firstIndex', 'appliedIndex', 'committedIndex', 'durableIndex', 'lastIndex'] as const
export type LogPosition = (typeof logPositions)[number]

/** A stretch of the log that is drawn from left to right: the entries behind `from`, up to `to`. */
export interface IndexAxis {
  readonly from: number
  readonly to: number
}

/** How many indexes the end of the log shows. */
const END_LENGTH = 60

/** One axis for the logs of all replicas, so that bars can be compared. */
export function indexAxis(rafts: ReadonlyArray<Pick<ReplicaRaft, LogPosition>>, part: 'whole' | 'end'): IndexAxis {
  const to = Math.max(1, ...rafts.map(({ lastIndex }) => lastIndex))
  const first = Math.min(to, ...rafts.map(({ firstIndex }) => Math.max(1, firstIndex)))
  return { from: part === 'whole' ? first - 1 : Math.max(first - 1, to - END_LENGTH), to }
}

/** Where an index lies on the axis, as a share of its length: 0 to 1, what is outside at the near end. */
export function shareOf(index: number, { from, to }: IndexAxis): number {
  return Math.min(1, Math.max(0, (index - from) / Math.max(1, to - from)))
}

/** Round indexes to write below the axis, at most some six of them. */
export function ticksOf({ from, to }: IndexAxis): readonly number[] {
  const span = Math.max(1, to - from)
  const magnitude = 10 ** Math.floor(Math.log10(Math.max(1, span / 5)))
  const step = [1, 2, 5, 10].map((factor) => factor * magnitude).find((each) => span / each <= 6) ?? span
  const ticks: number[] = []
  for (let index = Math.ceil(from / step) * step; index <= to; index += step) ticks.push(index)
  return ticks
}
