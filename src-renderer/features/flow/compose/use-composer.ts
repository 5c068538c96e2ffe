import { computed, reactive, ref, shallowRef, watch } from 'vue'
import type { SerializedSandboxError } from '../../../../src-main/base/sandbox-error'
import type { KeyView } from '../../../../src-main/client/views/key-view'
import type { OperationName } from '../../../../src-main/flow/stages'
import { requestJson } from '../../../data/composed-request'
import { toDoorError, useDoorClient } from '../../../data/door-client'
import { useFlowActions } from '../../../data/flow-control'
import { NewestQuestion } from '../../../data/newest-question'
import { jsonProblem } from './json-problem'

/** What a composer begins with. */
export interface ComposerStart {
  readonly operation: OperationName
  readonly tableId: number | undefined
  /** Whole, as it goes to the store; empty for none. */
  readonly key: Uint8Array
}

/**
 * A request that is being composed: the fields fill in the JSON as long as nobody has edited that; what is sent is the JSON.
 */
export function useComposer(start: () => ComposerStart) {
  const { keyspace } = useDoorClient()
  const actions = useFlowActions()
  const question = new NewestQuestion()
  const form = reactive({
    operation: 'KvPut' as OperationName,
    tableId: undefined as number | undefined,
    key: 'user-1',
    value: 'Ada',
  })
  const keyView = shallowRef<KeyView>()
  const keyError = shallowRef<SerializedSandboxError>()
  const json = ref('')
  const isEdited = ref(false)
  const error = shallowRef<SerializedSandboxError>()
  const isSending = ref(false)
  /** The key that the composer was opened with, as long as no other one was typed. */
  let given: Uint8Array | undefined

  const problem = computed(() => jsonProblem(json.value))
  const filled = computed(() => {
    if (keyView.value === undefined) return undefined
    const value = new TextEncoder().encode(form.value)
    return requestJson(form.operation, { key: keyView.value.bytes, value })
  })

  watch(
    start,
    ({ operation, tableId, key }) => {
      form.operation = operation
      form.tableId = tableId ?? form.tableId
      given = key.length > 0 ? key : undefined
      isEdited.value = false
      void resolve()
    },
    { immediate: true },
  )
  watch(
    () => [form.tableId, form.key] as const,
    (now, before) => {
      if (before !== undefined && now[1] !== before[1]) given = undefined
      void resolve()
    },
  )
  watch(filled, fill, { immediate: true })

  /** The bytes of the key, as the store knows it. */
  async function resolve(): Promise<void> {
    const counts = question.ask()
    const hex = given && Array.from(given, (byte) => byte.toString(16).padStart(2, '0')).join('')
    if (hex === undefined && form.tableId === undefined) return
    try {
      const key =
        hex === undefined
          ? ({ kind: 'table', tableId: form.tableId ?? 0, text: form.key } as const)
          : ({ kind: 'raw', hex } as const)
      const view = await keyspace.resolve.query({ key })
      if (!counts()) return
      keyView.value = view
      keyError.value = undefined
    } catch (thrown) {
      if (counts()) keyError.value = toDoorError(thrown)
    }
  }

  function fill(): void {
    if (!isEdited.value && filled.value !== undefined) json.value = filled.value
  }

  function edit(text: string): void {
    json.value = text
    isEdited.value = text !== filled.value
  }

  /** Takes the fields' request again. */
  function refill(): void {
    isEdited.value = false
    fill()
  }

  /** @returns the id of the trace; undefined if it was not taken, which `error` explains */
  async function send(step: boolean): Promise<string | undefined> {
    if (problem.value !== undefined || isSending.value) return undefined
    isSending.value = true
    try {
      const traceId = await actions.run(form.operation, json.value, step)
      error.value = undefined
      return traceId
    } catch (thrown) {
      error.value = toDoorError(thrown)
      return undefined
    } finally {
      isSending.value = false
    }
  }

  return { form, keyView, keyError, json, isEdited, problem, error, isSending, edit, refill, send }
}
