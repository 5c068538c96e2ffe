/** Stands for the answer of an operation whose outcome is unknown. */
export const unknownOutput: unique symbol = Symbol('unknown output')

/** What {@link Model.step} returns where no correct system in this state gives this answer. */
export const illegal: unique symbol = Symbol('illegal')

/**
 * The sequential specification of a system: what it does when operations come one at a time. A history is linearizable
 * if this model, given its operations in some order that keeps to real time, gives the answers that were recorded.
 *
 * A model is deterministic: state, input and answer decide the next state. States are immutable: a step that changes
 * something returns a new state, and one that changes nothing should return the very state it was given.
 */
export interface Model<State, Input, Output> {
  /**
   * The name of the part that an operation touches, a key for instance. Parts must be independent of each other: then a
   * history is linearizable exactly if each part is, and the parts are checked on their own, which is far quicker. A
   * model without this method has one part.
   */
  partitionOf?(input: Input): string
  /** The state of one part before its first operation. */
  init(): State
  /**
   * The state after the operation, or {@link illegal} if it cannot be answered with `output` here. With
   * {@link unknownOutput} any answer is right, so the result is never `illegal`.
   */
  step(state: State, input: Input, output: Output | typeof unknownOutput): State | typeof illegal
  /**
   * Whether an operation with this answer changes no state, whatever the state is: a read, a compare-and-set that compared
   * unequal. May be left out. Where it is true the search is spared many ways, which counts with many clients.
   */
  readsOnly?(input: Input, output: Output): boolean
  /** Whether two states are the same to every later operation. */
  equal(left: State, right: State): boolean
  /** A 32-bit integer, the same for equal states. The better it spreads, the quicker the search. */
  hash(state: State): number
  /** The state, for people. */
  describeState(state: State): string
  /** The operation with its answer, for people. */
  describeOperation(input: Input, output: Output | typeof unknownOutput): string
}
