import { illegal, unknownOutput } from '../../src-main/linearizability/model'
import type { Model } from '../../src-main/linearizability/model'
import type { Operation } from '../../src-main/linearizability/operation'

const endOf = (operation: Operation<unknown, unknown>) =>
  operation.outcome === 'known' ? operation.returnedAt : Infinity

/** Whether an order keeps to real time: nothing stands behind an operation that was called after it had returned. */
export function keepsToRealTime(order: ReadonlyArray<Operation<unknown, unknown>>): boolean {
  return order.every((later, index) => order.slice(0, index).every((earlier) => endOf(later) >= earlier.calledAt))
}

/** Whether the model gives the recorded answers in this order. */
export function isExplained<State, Input, Output>(
  model: Model<State, Input, Output>,
  order: ReadonlyArray<Operation<Input, Output>>,
): boolean {
  let state = model.init()
  for (const operation of order) {
    const output = operation.outcome === 'known' ? operation.output : unknownOutput
    const next = model.step(state, operation.input, output)
    if (next === illegal) return false
    state = next
  }
  return true
}

/**
 * The definition, word for word: some of the operations, the required ones among them, in some order that keeps to real
 * time and that the model explains. Tries every order of every choice, so it is for a handful of operations of one part.
 */
export function isLinearizableByDefinition<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: ReadonlyArray<Operation<Input, Output>>,
  isRequired: (operation: Operation<Input, Output>) => boolean = ({ outcome }) => outcome === 'known',
): boolean {
  const extend = (order: ReadonlyArray<Operation<Input, Output>>): boolean => {
    if (!keepsToRealTime(order) || !isExplained(model, order)) return false
    if (operations.every((operation) => order.includes(operation) || !isRequired(operation))) return true
    return operations.some((operation) => !order.includes(operation) && extend([...order, operation]))
  }
  return extend([])
}
