import { computed, ref, watch } from 'vue'
import type { KeyView } from '../../../src-main/client/views/key-view'
import { bytesToHex } from '../../ui/format'
import { parseHexKey, parseTableKey } from './key-text'
import type { ParsedKey } from './key-text'

/**
 * The key that a form writes: of a table, or bytes of the store (table 0). It follows the key that is looked at until a
 * person types another: an answer that comes late never takes away what was typed.
 *
 * @param usualTable the table to write to while no key is looked at
 */
export function useKeyForm(shownKey: () => KeyView | undefined, usualTable: () => number | undefined) {
  const table = ref(0)
  const text = ref('')
  let isTableChosen = false
  const chosenTable = computed({
    get: () => table.value,
    set: (next) => {
      isTableChosen = true
      table.value = next
    },
  })
  let followed = { table: 0, text: '' }
  const parsed = computed<ParsedKey>(() =>
    chosenTable.value === 0 ? parseHexKey(text.value) : parseTableKey(text.value, chosenTable.value),
  )

  watch(
    [shownKey, usualTable],
    ([key, usual]) => {
      if (table.value !== followed.table || text.value !== followed.text) return
      // Tables may come after a person has chosen to write bytes of the store, which is what stood there before.
      if (key === undefined && isTableChosen) return
      followed = key === undefined ? { table: usual ?? 0, text: '' } : typedForm(key)
      table.value = followed.table
      text.value = followed.text
    },
    { immediate: true },
  )
  return { chosenTable, text, parsed }
}

/** The key as a person would type it. */
function typedForm(key: KeyView): { readonly table: number; readonly text: string } {
  if (key.tableId === undefined) return { table: 0, text: `0x${bytesToHex(key.bytes)}` }
  return { table: key.tableId, text: key.parts.find(({ kind }) => kind === 'user')?.text ?? '' }
}
