import { computed, ref, watch } from 'vue'
import type { KeyView } from '../../../src-main/client/views/key-view'
import { bytesToHex } from '../../ui/format'
import { parseHexKey } from './key-text'
import type { ParsedKey } from './key-text'

/** The key that a form writes: of a table, or bytes of the store (table 0). It follows the key that is looked at. */
export function useKeyForm(shownKey: () => KeyView | undefined, tableId: () => number | undefined) {
  const chosenTable = ref(0)
  const text = ref('')
  const parsed = computed<ParsedKey>(() => {
    if (chosenTable.value === 0) return parseHexKey(text.value)
    if (text.value === '') return { problem: 'empty' }
    return { input: { kind: 'table', tableId: chosenTable.value, text: text.value } }
  })

  watch(
    [shownKey, tableId],
    ([key, scope]) => {
      if (key === undefined) {
        chosenTable.value = scope ?? chosenTable.value
        return
      }
      const userKey = key.parts.find(({ kind }) => kind === 'user')
      if (key.tableId === undefined) {
        chosenTable.value = 0
        text.value = `0x${bytesToHex(key.bytes)}`
      } else {
        chosenTable.value = key.tableId
        text.value = userKey?.text ?? ''
      }
    },
    { immediate: true },
  )
  return { chosenTable, text, parsed }
}
