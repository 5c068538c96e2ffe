import { defineStore } from 'pinia'
import { ref, shallowRef, watch } from 'vue'
import type { SerializedSandboxError } from '../../src-main/base/sandbox-error'
import type { KeyInput } from '../../src-main/client/views/keyspace'
import type { KeyView } from '../../src-main/client/views/key-view'
import { bytesToHex } from '../ui/format'
import { keyBehind } from './bytes'
import { toDoorError, useDoorClient } from './door-client'
import { NewestQuestion } from './newest-question'
import { usePairsStore } from './pairs-store'
import { useSessionStore } from './session-store'

/** The pair that is looked at. */
export interface ShownPair {
  readonly key: KeyView
  /** The value, or its beginning; undefined if there is no such key. */
  readonly value: Uint8Array | undefined
  /** Bytes of the whole value. */
  readonly valueBytes: number
}

/** How the last write came out. `refused`: a compare-and-set met another value than it expected. */
export interface WriteOutcome {
  readonly kind: 'put' | 'deleted' | 'set' | 'refused' | 'restored' | 'not-restored'
  readonly key: KeyView
  readonly tookMs: number
}

const rawKey = (key: Uint8Array): KeyInput => ({ kind: 'raw', hex: bytesToHex(key) })

/** The pair that is looked at, and writes of pairs. Writes throw nothing: `writeError` says what went wrong. */
export const usePairStore = defineStore('pair', () => {
  const client = useDoorClient()
  const session = useSessionStore()
  const pairs = usePairsStore()
  const shown = shallowRef<ShownPair>()
  const error = shallowRef<SerializedSandboxError>()
  const isLoading = ref(false)
  const isWriting = ref(false)
  const writeError = shallowRef<SerializedSandboxError>()
  const outcome = shallowRef<WriteOutcome>()
  /** What was deleted last, for putting it back. */
  const deleted = shallowRef<{ readonly key: KeyView; readonly value: Uint8Array }>()
  const question = new NewestQuestion()

  /** Looks at a key of the store. Of a long value only the beginning is read; see {@link loadWhole}. */
  async function show(key: Uint8Array): Promise<void> {
    const counts = question.ask()
    isLoading.value = true
    try {
      const page = await client.keyspace.page.query({
        from: key,
        rangeStart: key,
        rangeEnd: keyBehind(key),
        limit: 1,
      })
      const pair = page.pairs[0]
      const view = pair?.key ?? (await client.keyspace.resolve.query({ key: rawKey(key) }))
      if (!counts()) return
      shown.value = { key: view, value: pair?.value, valueBytes: pair?.valueBytes ?? 0 }
      error.value = undefined
      if (pair === undefined) pairs.remove(key)
      else pairs.receive(pair)
    } catch (thrown) {
      if (counts()) error.value = toDoorError(thrown)
    } finally {
      if (counts()) isLoading.value = false
    }
  }

  /** Reads the value whole, whatever its size. @returns it, or undefined if there is none or it could not be read */
  async function loadWhole(): Promise<Uint8Array | undefined> {
    const present = shown.value
    if (present === undefined) return undefined
    if (present.value?.length === present.valueBytes) return present.value
    const counts = question.ask()
    isLoading.value = true
    try {
      const { key, value } = await client.keyspace.value.query({ key: rawKey(present.key.bytes) })
      if (counts()) {
        shown.value = { key, value, valueBytes: value?.length ?? 0 }
        error.value = undefined
      }
      return value
    } catch (thrown) {
      if (counts()) error.value = toDoorError(thrown)
      return undefined
    } finally {
      if (counts()) isLoading.value = false
    }
  }

  /** What a typed key becomes. @throws what the door sends; see toDoorError */
  function resolve(key: KeyInput): Promise<KeyView> {
    return client.keyspace.resolve.query({ key })
  }

  /** @param timeToLiveMs undefined for ever. @returns whether it was written */
  function put(key: KeyInput, value: Uint8Array, timeToLiveMs: number | undefined): Promise<boolean> {
    return write(async () => {
      const view = await resolve(key)
      const { tookMs } = await client.keyspace.put.mutate({
        key: rawKey(view.bytes),
        value,
        ...(timeToLiveMs === undefined ? {} : { timeToLiveMs }),
      })
      return { kind: 'put', key: view, tookMs }
    })
  }

  /** Deletes the key that is looked at, and keeps its value for {@link putBack}. @returns whether it is gone */
  async function remove(): Promise<boolean> {
    const key = shown.value?.key
    if (key === undefined) return false
    return write(async () => {
      const { value } = await client.keyspace.value.query({ key: rawKey(key.bytes) })
      const { tookMs } = await client.keyspace.delete.mutate({ key: rawKey(key.bytes) })
      deleted.value = value === undefined ? undefined : { key, value }
      return { kind: 'deleted', key, tookMs }
    })
  }

  /** Puts back what was deleted last, unless somebody has written the key since. @returns whether the call went through */
  async function putBack(): Promise<boolean> {
    const gone = deleted.value
    if (gone === undefined) return false
    return write(async () => {
      const { isSet, tookMs } = await client.keyspace.compareAndSet.mutate({
        key: rawKey(gone.key.bytes),
        value: gone.value,
      })
      deleted.value = undefined
      return { kind: isSet ? 'restored' : 'not-restored', key: gone.key, tookMs }
    })
  }

  /** Sets the value if the present one is `expected`; undefined: if there is none. @returns whether the call went through */
  function compareAndSet(key: KeyInput, expected: Uint8Array | undefined, value: Uint8Array): Promise<boolean> {
    return write(async () => {
      const view = await resolve(key)
      const { isSet, tookMs } = await client.keyspace.compareAndSet.mutate({
        key: rawKey(view.bytes),
        value,
        ...(expected === undefined ? {} : { expected }),
      })
      return { kind: isSet ? 'set' : 'refused', key: view, tookMs }
    })
  }

  /** One write at a time; then the key is looked at as it is now. */
  async function write(call: () => Promise<WriteOutcome>): Promise<boolean> {
    if (isWriting.value) return false
    isWriting.value = true
    writeError.value = undefined
    outcome.value = undefined
    try {
      outcome.value = await call()
    } catch (thrown) {
      writeError.value = toDoorError(thrown)
      return false
    } finally {
      isWriting.value = false
    }
    await show(outcome.value.key.bytes)
    return true
  }

  /** Looks at nothing. */
  function clear(): void {
    question.forget()
    shown.value = undefined
    error.value = undefined
    isLoading.value = false
  }

  /**
   * A person goes on to another key, or to a write that cannot be sent: how the last one came out would only mislead. A
   * deletion is told on, because it is from there that it is taken back.
   */
  function moveOn(): void {
    if (outcome.value?.kind !== 'deleted') dismiss()
  }

  /** Forgets how the last write came out. */
  function dismiss(): void {
    outcome.value = undefined
    writeError.value = undefined
  }

  // Another cluster: what was read, written and deleted is of no use.
  watch(
    () => session.generation,
    () => {
      clear()
      dismiss()
      deleted.value = undefined
    },
    { flush: 'sync' },
  )
  return {
    shown,
    error,
    isLoading,
    isWriting,
    writeError,
    outcome,
    deleted,
    show,
    loadWhole,
    resolve,
    put,
    remove,
    putBack,
    compareAndSet,
    clear,
    moveOn,
    dismiss,
  }
})
