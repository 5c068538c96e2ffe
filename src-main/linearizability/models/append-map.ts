import { hashString } from '../hash'
import { illegal } from '../model'
import type { Model } from '../model'
import { describeAnswer, explains } from './answer'

/** A request about one key of a map of strings. */
export type AppendMapInput =
  | { readonly kind: 'get'; readonly key: string }
  | { readonly kind: 'put'; readonly key: string; readonly value: string }
  /** Adds `value` to the end of the key's string. */
  | { readonly kind: 'append'; readonly key: string; readonly value: string }

/** What a get found, or true for what was done. */
export type AppendMapOutput = string | true

/**
 * A map of strings which can be replaced, grown at their end and read; a key never written holds the empty string. As
 * each append leaves its trace, a single get tells the whole order of writes before it.
 */
export const appendMapModel: Model<string, AppendMapInput, AppendMapOutput> = {
  partitionOf: (input) => input.key,
  init: () => '',

  step(state, input, output) {
    switch (input.kind) {
      case 'get':
        return explains(output, state) ? state : illegal
      case 'put':
        return explains(output, true) ? input.value : illegal
      case 'append':
        return explains(output, true) ? state + input.value : illegal
    }
  },

  readsOnly: (input) => input.kind === 'get',
  equal: (left, right) => left === right,
  hash: hashString,
  describeState: (state) => JSON.stringify(state),

  describeOperation(input, output) {
    const answer = describeAnswer(output)
    const key = JSON.stringify(input.key)
    return input.kind === 'get'
      ? `get(${key}) → ${answer}`
      : `${input.kind}(${key}, ${JSON.stringify(input.value)}) → ${answer}`
  },
}
