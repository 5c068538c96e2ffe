import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { hexToBytes } from '../../ui/format'

/** What the address of this screen holds. */
export type AddressField = 'table' | 'region' | 'from' | 'key' | 'panel'

/** The parts of the panel beside the list. */
export type PanelName = 'value' | 'put' | 'set'

const numberIn = (value: unknown) => (typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : undefined)
const bytesIn = (value: unknown) => (typeof value === 'string' ? hexToBytes(value) : undefined)

/** What is chosen on this screen. It lives in the address, so that back, forward and a pasted link bring it back. */
export function useKeyspaceAddress() {
  const route = useRoute()
  const router = useRouter()
  const tableId = computed(() => numberIn(route.query['table']))
  const regionId = computed(() => numberIn(route.query['region']))
  /** Where the list begins; undefined for the beginning of what is chosen. */
  const from = computed(() => bytesIn(route.query['from']))
  /** The key that is looked at. */
  const key = computed(() => bytesIn(route.query['key']))
  const keyHex = computed(() => (key.value === undefined ? undefined : String(route.query['key'])))
  const panel = computed<PanelName>(() => {
    const name = route.query['panel']
    return name === 'put' || name === 'set' ? name : 'value'
  })

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
    await router[how]({ name: 'keyspace', query: next })
  }

  return { tableId, regionId, from, key, keyHex, panel, go }
}
