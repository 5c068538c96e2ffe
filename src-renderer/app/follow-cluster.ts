import { watch } from 'vue'
import { useFlowStore } from '../data/flow-store'
import { useMetricsStore } from '../data/metrics-store'
import { useOverviewStore } from '../data/overview-store'
import { useSessionStore } from '../data/session-store'
import { useTableJobsStore } from '../data/table-jobs-store'
import { useTablesStore } from '../data/tables-store'

/** Reads what the shell shows of a cluster when one is there, and forgets it when another is. Events keep it current. */
export function followCluster(): void {
  const session = useSessionStore()
  const overview = useOverviewStore()
  const metrics = useMetricsStore()
  const flow = useFlowStore()
  const jobs = useTableJobsStore()
  const tables = useTablesStore()

  watch(
    () => (session.view?.phase === 'running' ? session.generation : undefined),
    (generation) => {
      if (generation === undefined) return
      overview.clear()
      metrics.clear()
      flow.clear()
      void overview.load()
      void tables.load()
      void flow.load()
      // What fails here is asked for again by the parts that show it, which also say why.
      jobs.load().catch(() => undefined)
    },
    { immediate: true },
  )
  watch(
    () => session.view?.phase,
    (phase) => {
      if (phase !== 'closed') return
      overview.clear()
      flow.clear()
    },
  )
}
