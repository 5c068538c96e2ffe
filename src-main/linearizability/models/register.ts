import { mixBits } from '../hash'
import { illegal } from '../model'
import type { Model } from '../model'
import { describeAnswer, describeValue, explains } from './answer'

/** A request to a register of 32-bit integers. */
export type RegisterInput =
  | { readonly kind: 'read' }
  | { readonly kind: 'write'; readonly value: number }
  /** Writes `replacement` if the register holds `expected`, in one step. */
  | { readonly kind: 'compare-and-set'; readonly expected: number; readonly replacement: number }

/** What a read found, null for nothing; true for what was written; false where compare-and-set compared unequal. */
export type RegisterOutput = number | null | boolean

/** One register with read, write and compare-and-set; it holds nothing (null) at first. */
export const registerModel: Model<number | null, RegisterInput, RegisterOutput> = {
  init: () => null,

  step(state, input, output) {
    switch (input.kind) {
      case 'read':
        return explains(output, state) ? state : illegal
      case 'write':
        return explains(output, true) ? input.value : illegal
      case 'compare-and-set':
        if (state !== input.expected) return explains(output, false) ? state : illegal
        return explains(output, true) ? input.replacement : illegal
    }
  },

  readsOnly: (input, output) => input.kind === 'read' || (input.kind === 'compare-and-set' && output === false),
  equal: (left, right) => left === right,
  hash: (state) => (state === null ? 0 : mixBits(state + 1)),
  describeState: describeValue,

  describeOperation(input, output) {
    const answer = describeAnswer(output)
    switch (input.kind) {
      case 'read':
        return `read() → ${answer}`
      case 'write':
        return `write(${String(input.value)}) → ${answer}`
      case 'compare-and-set':
        return `compareAndSet(${String(input.expected)}, ${String(input.replacement)}) → ${answer}`
    }
  },
}
