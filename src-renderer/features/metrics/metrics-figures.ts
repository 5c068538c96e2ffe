import type { HostSample, MetricsSample, StoreSample } from '../../../src-main/client/views/metrics'
import { storeHue } from '../../ui/store-hue'

/** In what a figure is counted. */
export type FigureUnit = 'perSecond' | 'ms' | 'bytes' | 'count' | 'share'

/** The figures of this screen; each is a chart. */
export type FigureId =
  | 'calls'
  | 'errors'
  | 'methodCalls'
  | 'methodLatency'
  | 'committed'
  | 'leaders'
  | 'lag'
  | 'disk'
  | 'memtable'
  | 'pending'
  | 'loop'
  | 'heap'
  | 'hostLoop'
  | 'hostMemory'
  | 'hostCpu'

/** A line of a chart: of one store, or of one measure. */
export interface FigureLine {
  /** `S1`, `p99`, `mean`: stable, and the same in every language. */
  readonly id: string
  /** Of the store that it is about; undefined for a measure. */
  readonly storeId: number | undefined
  /** A CSS value. */
  readonly color: string
  /** Lengths of strokes and gaps in px; empty for a line without gaps. */
  readonly dash: readonly number[]
  /** One for each sample; undefined where nothing was told. */
  readonly values: ReadonlyArray<number | undefined>
}

/** A figure over time. */
export interface Figure {
  readonly id: FigureId
  readonly unit: FigureUnit
  readonly lines: readonly FigureLine[]
}

/** A store by its place among the others. */
export interface StorePlace {
  readonly storeId: number
  /** 1.. */
  readonly ordinal: number
}

/** What one method did in one interval, over all stores. */
export interface MethodFigures {
  readonly method: string
  readonly perSecond: number
  readonly errorsPerSecond: number
  /** Of the store where it was the largest, in ms. */
  readonly p50Ms: number | undefined
  readonly p95Ms: number | undefined
  readonly p99Ms: number | undefined
}

const DASHED = [6, 3]
const DOTTED = [2, 3]

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
function largest(values: ReadonlyArray<number | undefined>): number | undefined {
  const known = values.filter((value) => value !== undefined)
  return known.length === 0 ? undefined : Math.max(...known)
}

/** A line for each store. */
function perStore(
  id: FigureId,
  unit: FigureUnit,
  samples: readonly MetricsSample[],
  stores: readonly StorePlace[],
  pick: (store: StoreSample) => number | undefined,
): Figure {
  const lines = stores.map(({ storeId, ordinal }) => ({
    id: `S${String(ordinal)}`,
    storeId,
    color: storeHue(ordinal).line,
    dash: [],
    values: samples.map(({ stores: told }) => {
      const store = told.find((each) => each.storeId === storeId)
      return store === undefined ? undefined : pick(store)
    }),
  }))
  return { id, unit, lines }
}

function measure(
  id: string,
  color: string,
  dash: readonly number[],
  values: ReadonlyArray<number | undefined>,
): FigureLine {
  return { id, storeId: undefined, color, dash, values }
}

/** Calls and errors of all methods. */
export function requestFigures(samples: readonly MetricsSample[], stores: readonly StorePlace[]): readonly Figure[] {
  return [
    perStore('calls', 'perSecond', samples, stores, ({ methods }) => sum(methods.map(({ perSecond }) => perSecond))),
    perStore('errors', 'perSecond', samples, stores, ({ methods }) =>
      sum(methods.map(({ errorsPerSecond }) => errorsPerSecond)),
    ),
  ]
}

/** Calls of one method by store, and its latencies at the store where they were the largest. */
export function methodFigures(
  samples: readonly MetricsSample[],
  stores: readonly StorePlace[],
  method: string,
): readonly Figure[] {
  const ofMethod = samples.map((sample) => figuresByMethod(sample).find((each) => each.method === method))
  return [
    perStore(
      'methodCalls',
      'perSecond',
      samples,
      stores,
      ({ methods }) => methods.find((each) => each.method === method)?.perSecond ?? 0,
    ),
    {
      id: 'methodLatency',
      unit: 'ms',
      lines: [
        measure(
          'p50',
          'var(--color-text-muted)',
          DOTTED,
          ofMethod.map((each) => each?.p50Ms),
        ),
        measure(
          'p95',
          'var(--color-text-muted)',
          DASHED,
          ofMethod.map((each) => each?.p95Ms),
        ),
        measure(
          'p99',
          'var(--color-text)',
          [],
          ofMethod.map((each) => each?.p99Ms),
        ),
      ],
    },
  ]
}

export function raftFigures(samples: readonly MetricsSample[], stores: readonly StorePlace[]): readonly Figure[] {
  return [
    perStore('committed', 'perSecond', samples, stores, ({ raft }) => raft.committedPerSecond),
    perStore('leaders', 'count', samples, stores, ({ raft }) => raft.leaderCount),
    perStore('lag', 'count', samples, stores, ({ raft }) => raft.largestLag),
  ]
}

export function engineFigures(samples: readonly MetricsSample[], stores: readonly StorePlace[]): readonly Figure[] {
  return [
    perStore('disk', 'bytes', samples, stores, ({ engine }) => engine.diskBytes),
    perStore('memtable', 'bytes', samples, stores, ({ engine }) => engine.memtableBytes),
    perStore('pending', 'bytes', samples, stores, ({ engine }) => engine.pendingCompactionBytes),
  ]
}

export function nodeFigures(samples: readonly MetricsSample[], stores: readonly StorePlace[]): readonly Figure[] {
  return [
    perStore('loop', 'ms', samples, stores, ({ eventLoopMaxMs }) => eventLoopMaxMs),
    perStore('heap', 'bytes', samples, stores, ({ heapUsedBytes }) => heapUsedBytes),
  ]
}

/** Of the program that carries the cluster and these screens. */
export function hostFigures(samples: readonly MetricsSample[]): readonly Figure[] {
  const line = (id: string, dash: readonly number[], pick: (host: HostSample) => number) =>
    measure(
      id,
      dash.length === 0 ? 'var(--color-text)' : 'var(--color-text-muted)',
      dash,
      samples.map(({ host }) => pick(host)),
    )
  return [
    {
      id: 'hostLoop',
      unit: 'ms',
      lines: [
        line('mean', DASHED, ({ eventLoopMeanMs }) => eventLoopMeanMs),
        line('max', [], ({ eventLoopMaxMs }) => eventLoopMaxMs),
      ],
    },
    {
      id: 'hostMemory',
      unit: 'bytes',
      lines: [
        line('heap', DASHED, ({ heapUsedBytes }) => heapUsedBytes),
        line('resident', [], ({ residentBytes }) => residentBytes),
      ],
    },
    { id: 'hostCpu', unit: 'share', lines: [line('cpu', [], ({ cpuShare }) => cpuShare)] },
  ]
}

/** What each method did in one interval, the busiest first. */
export function figuresByMethod(sample: MetricsSample): readonly MethodFigures[] {
  const byMethod = new Map<string, Array<StoreSample['methods'][number]>>()
  for (const { methods } of sample.stores) {
    for (const figures of methods) {
      const known = byMethod.get(figures.method)
      if (known === undefined) byMethod.set(figures.method, [figures])
      else known.push(figures)
    }
  }
  return [...byMethod]
    .map(([method, figures]) => ({
      method,
      perSecond: sum(figures.map(({ perSecond }) => perSecond)),
      errorsPerSecond: sum(figures.map(({ errorsPerSecond }) => errorsPerSecond)),
      p50Ms: largest(figures.map(({ p50Ms }) => p50Ms)),
      p95Ms: largest(figures.map(({ p95Ms }) => p95Ms)),
      p99Ms: largest(figures.map(({ p99Ms }) => p99Ms)),
    }))
    .sort((one, other) => other.perSecond - one.perSecond || (one.method < other.method ? -1 : 1))
}

/** Every method that was called in these samples, with what it did in the one at `at`; zero for those that rested. */
export function methodsOfWindow(samples: readonly MetricsSample[], at: number): readonly MethodFigures[] {
  const sample = samples[at]
  const then = sample === undefined ? [] : figuresByMethod(sample)
  const known = new Set(then.map(({ method }) => method))
  const resting = new Set<string>()
  for (const { stores } of samples) {
    for (const { methods } of stores) for (const { method } of methods) if (!known.has(method)) resting.add(method)
  }
  const none = { perSecond: 0, errorsPerSecond: 0, p50Ms: undefined, p95Ms: undefined, p99Ms: undefined }
  return [...then, ...[...resting].sort().map((method) => ({ method, ...none }))]
}
