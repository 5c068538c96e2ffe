import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import type { OperationName } from '../../../src-main/flow/stages'
import { hexToBytes } from '../../ui/format'
import { operations } from './trace/stage-catalogue'

/** What the address of this screen holds. */
export type AddressField = 'trace' | 'stage' | 'data' | 'compose' | 'table' | 'key' | 'side'

/** What stands beside the diagram. */
export const sides = ['stack', 'traces', 'gates', 'lessons'] as const
export type SideName = (typeof sides)[number]

const textIn = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

/** What is chosen on this screen. It lives in the address, so that back, forward and a pasted link bring it back. */
export function useFlowAddress() {
  const route = useRoute()
  const router = useRouter()
  const traceId = computed(() => textIn(route.query['trace']))
  const stageId = computed(() => textIn(route.query['stage']))
  /** Which of the stage's data is in view. */
  const data = computed(() => (/^\d{1,3}$/.test(String(route.query['data'])) ? Number(route.query['data']) : 0))
  /** The operation that is being composed. */
  const compose = computed(() => {
    const name = textIn(route.query['compose'])
    return name !== undefined && name in operations ? (name as OperationName) : undefined
  })
  const tableId = computed(() => {
    const id = textIn(route.query['table'])
    return id !== undefined && /^\d{1,15}$/.test(id) ? Number(id) : undefined
  })
  const key = computed(() => hexToBytes(textIn(route.query['key']) ?? ''))
  const side = computed(() => sides.find((name) => name === route.query['side']) ?? 'stack')

  /**
   * Changes parts of the address; undefined takes a part out.
   *
   * @param how `replace`: going back passes over this step
   */
  async function go(
    changes: Readonly<Partial<Record<AddressField, string | number | undefined>>>,
    how: 'push' | 'replace' = 'push',
  ): Promise<void> {
    const next: Record<string, string | null | Array<string | null>> = {}
    for (const [field, value] of Object.entries({ ...route.query, ...changes })) {
      if (value !== undefined) next[field] = typeof value === 'number' ? String(value) : value
    }
    await router[how]({ name: 'flow', query: next })
  }

  return { traceId, stageId, data, compose, tableId, key, side, go }
}
