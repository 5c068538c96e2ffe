import { toValue, watch } from 'vue'
import type { MaybeRefOrGetter } from 'vue'
import { useMetricsStore } from '../../data/metrics-store'
import { useInView } from '../../ui/in-view'

/**
 * Has the engine of a store read anew when the samples say that something in it is different: how much it has on disk, in
 * memtables or still to compact. An engine in which nothing happens is not asked again, nor one that nobody looks at.
 * Coordinators have no samples; theirs are read when a person asks.
 *
 * @param isAmiss whether the last reading failed: then a store that is back in the samples is read, whatever they say
 */
export function rereadOnChange(
  nodeId: MaybeRefOrGetter<number | undefined>,
  isAmiss: MaybeRefOrGetter<boolean>,
  read: () => void,
): void {
  const metrics = useMetricsStore()
  const isInView = useInView()
  /** The figures of a node as they were when it was read. */
  let known: { readonly nodeId: number | undefined; readonly figures: string } | undefined

  function figuresNow(): string | undefined {
    const sample = metrics.samples.at(-1)?.stores.find(({ storeId }) => storeId === toValue(nodeId))
    return sample && JSON.stringify(sample.engine)
  }

  watch(
    () => (isInView.value ? figuresNow() : undefined),
    (figures) => {
      if (figures === undefined) return
      const before = known?.nodeId === toValue(nodeId) ? known?.figures : undefined
      known = { nodeId: toValue(nodeId), figures }
      // The first figures of a node come with its first reading.
      if (toValue(isAmiss) || (before !== undefined && before !== figures)) read()
    },
    { immediate: true },
  )
}
