import type { MetricsSample } from '../../../src-main/client/views/metrics'

const COLUMNS = ['unix_ms', 'interval_ms', 'node', 'method', 'figure', 'unit', 'value'] as const

/** A cell as RFC 4180 has it. */
function cell(value: string | number): string {
  const text = String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/**
 * Samples as comma-separated values: one line for each value, so that every line is whole by itself and figures that were
 * not told have none. Names and units are the same in every language; lines end as RFC 4180 has it.
 */
export function metricsAsCsv(samples: readonly MetricsSample[]): string {
  const lines: string[] = [COLUMNS.join(',')]
  for (const { atMs, intervalMs, stores, host } of samples) {
    const add = (
      node: string,
      figures: ReadonlyArray<readonly [figure: string, unit: string, value: number | undefined]>,
      method = '',
    ) => {
      for (const [figure, unit, value] of figures) {
        if (value === undefined) continue
        lines.push([atMs, intervalMs, node, method, figure, unit, value].map(cell).join(','))
      }
    }
    for (const store of stores) {
      const node = `store-${String(store.storeId)}`
      add(node, [
        ['committed', '1/s', store.raft.committedPerSecond],
        ['regions', '1', store.raft.regionCount],
        ['leaders', '1', store.raft.leaderCount],
        ['largest_lag', 'entries', store.raft.largestLag],
        ['disk', 'bytes', store.engine.diskBytes],
        ['memtable', 'bytes', store.engine.memtableBytes],
        ['pending_compaction', 'bytes', store.engine.pendingCompactionBytes],
        ['event_loop_mean', 'ms', store.eventLoopMeanMs],
        ['event_loop_max', 'ms', store.eventLoopMaxMs],
        ['heap_used', 'bytes', store.heapUsedBytes],
      ])
      for (const { method, perSecond, errorsPerSecond, p50Ms, p95Ms, p99Ms } of store.methods) {
        add(
          node,
          [
            ['calls', '1/s', perSecond],
            ['errors', '1/s', errorsPerSecond],
            ['p50', 'ms', p50Ms],
            ['p95', 'ms', p95Ms],
            ['p99', 'ms', p99Ms],
          ],
          method,
        )
      }
    }
    add('program', [
      ['event_loop_mean', 'ms', host.eventLoopMeanMs],
      ['event_loop_max', 'ms', host.eventLoopMaxMs],
      ['resident', 'bytes', host.residentBytes],
      ['heap_used', 'bytes', host.heapUsedBytes],
      ['cpu', 'cores', host.cpuShare],
    ])
  }
  return `${lines.join('\r\n')}\r\n`
}
