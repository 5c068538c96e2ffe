import { nextTick, ref } from 'vue'
import { describe, expect, it } from 'vitest'
import type { KeyView } from '../../../../src-main/client/views/key-view'
import { useKeyForm } from '../../../../src-renderer/features/keyspace/key-form'
import { pair } from '../../support/key-views'

function someForm() {
  const shown = ref<KeyView>()
  const usual = ref<number>()
  const form = useKeyForm(
    () => shown.value,
    () => usual.value,
  )
  return { shown, usual, form }
}

describe('the key of a form', () => {
  it('is of the usual table as soon as tables are known', async () => {
    const { usual, form } = someForm()
    expect(form.chosenTable.value).toBe(0)
    usual.value = 7
    await nextTick()
    expect(form.chosenTable.value).toBe(7)
  })

  it('stays one of the store if a person chose that before tables were known', async () => {
    const { usual, form } = someForm()
    form.chosenTable.value = 0
    usual.value = 7
    await nextTick()
    expect(form.chosenTable.value).toBe(0)
  })

  it('follows the key that is looked at, until a person types another', async () => {
    const { shown, form } = someForm()
    shown.value = pair(100, 'ada', '').key
    await nextTick()
    expect([form.chosenTable.value, form.text.value]).toEqual([1, 'ada'])
    form.text.value = 'bob'
    shown.value = pair(100, 'zoe', '').key
    await nextTick()
    expect(form.text.value).toBe('bob')
  })
})
