import { flushPromises } from '@vue/test-utils'
import { createApp } from 'vue'
import { beforeEach, describe, expect, it } from 'vitest'
import type { TableDraft } from '../../../src-main/client/views/tables'
import { useTableDraftStore } from '../../../src-renderer/data/table-draft-store'
import { FakeDoor, doorError } from '../support/fake-door'

let answer: Array<() => void>
let store: ReturnType<typeof useTableDraftStore>

beforeEach(() => {
  const door = new FakeDoor()
  answer = []
  door.answers.set('tables.preview', async ({ name }: TableDraft) => {
    await new Promise<void>((resolve) => answer.push(resolve))
    if (name === 'broken') throw doorError({ code: 'RPC_UNAVAILABLE', message: 'Nobody answers.', details: {} })
    return { problems: [], requestJson: name, replicas: 3, regions: [] }
  })
  createApp({}).use(door.plugin())
  store = useTableDraftStore(door.pinia)
})

/** Whether a check is over. */
function followed(check: Promise<void>) {
  const state = { isOver: false }
  void check.then(() => (state.isOver = true))
  return state
}

describe('the check of a table that is described', () => {
  it('is over when the newest one is answered, also for who asked before', async () => {
    store.form.name = 'orders'
    const pressed = followed(store.check())
    const typed = followed(store.check())
    answer[0]?.()
    await flushPromises()
    // Its answer is passed over: whoever pressed would find the preview of what was there before.
    expect([pressed.isOver, store.preview]).toEqual([false, undefined])
    answer[1]?.()
    await flushPromises()
    expect([pressed.isOver, typed.isOver, store.preview?.requestJson]).toEqual([true, true, 'orders'])
  })

  it('is over when the newest one fails, and when the form is started over', async () => {
    store.form.name = 'broken'
    const first = followed(store.check())
    const second = followed(store.check())
    answer[0]?.()
    answer[1]?.()
    await flushPromises()
    expect([first.isOver, second.isOver, store.error?.code]).toEqual([true, true, 'RPC_UNAVAILABLE'])
    const left = followed(store.check())
    store.reset()
    answer[2]?.()
    await flushPromises()
    expect([left.isOver, store.preview]).toEqual([true, undefined])
  })
})
