import { hashString } from '../hash'
import { illegal } from '../model'
import type { Model } from '../model'
import { describeAnswer, describeValue, explains } from './answer'

/** A request about one key. A value of null is none: the key does not exist. */
export type KeyValueInput =
  | { readonly kind: 'get'; readonly key: string }
  | { readonly kind: 'put'; readonly key: string; readonly value: string }
  | { readonly kind: 'delete'; readonly key: string }
  /**
   * Puts `replacement` if the key's value is `expected`, in one step. Put-if-absent expects null; a replacement of null
   * deletes.
   */
  | {
      readonly kind: 'compare-and-set'
      readonly key: string
      readonly expected: string | null
      readonly replacement: string | null
    }

/** What a get found, null for nothing; true for what was done; false where compare-and-set compared unequal. */
export type KeyValueOutput = string | null | boolean

/** A key-value store, empty at first. Keys are independent, so each is a partition; its state is the key's value. */
export const keyValueModel: Model<string | null, KeyValueInput, KeyValueOutput> = {
  partitionOf: (input) => input.key,
  init: () => null,

  step(state, input, output) {
    switch (input.kind) {
      case 'get':
        return explains(output, state) ? state : illegal
      case 'put':
        return explains(output, true) ? input.value : illegal
      case 'delete':
        return explains(output, true) ? null : illegal
      case 'compare-and-set':
        if (state !== input.expected) return explains(output, false) ? state : illegal
        return explains(output, true) ? input.replacement : illegal
    }
  },

  readsOnly: (input, output) => input.kind === 'get' || (input.kind === 'compare-and-set' && output === false),
  equal: (left, right) => left === right,
  hash: (state) => (state === null ? 0 : hashString(state)),
  describeState: describeValue,

  describeOperation(input, output) {
    const key = JSON.stringify(input.key)
    const answer = describeAnswer(output)
    switch (input.kind) {
      case 'get':
        return `get(${key}) → ${answer}`
      case 'put':
        return `put(${key}, ${describeValue(input.value)}) → ${answer}`
      case 'delete':
        return `delete(${key}) → ${answer}`
      case 'compare-and-set': {
        const { expected, replacement } = input
        return `compareAndSet(${key}, ${describeValue(expected)}, ${describeValue(replacement)}) → ${answer}`
      }
    }
  },
}
