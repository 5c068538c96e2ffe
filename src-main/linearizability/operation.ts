/** What every operation of a history says about itself. */
interface OperationBase<Input> {
  /** Who asked. For people: the checker reads only the two positions. */
  readonly client: string
  readonly input: Input
  /**
   * When the client sent the request: a time in any unit, or the event's number in the history. One history uses one
   * scale. Of an answer and a request at the same position neither is first: the two operations count as concurrent.
   */
  readonly calledAt: number
}

/** An operation whose answer its client received. */
export interface CompletedOperation<Input, Output> extends OperationBase<Input> {
  readonly outcome: 'known'
  readonly output: Output
  /** When the client received the answer, on the scale of `calledAt` and not before it. */
  readonly returnedAt: number
}

/**
 * An operation whose client never learned what became of it: it timed out, or the history ends first. It may take effect
 * at any moment after its call, also long after the client gave up, or never.
 */
export interface OpenOperation<Input> extends OperationBase<Input> {
  readonly outcome: 'unknown'
}

/**
 * One operation of a history. An operation that is known to have had no effect and to have seen nothing (refused before
 * it ran) is no part of a history: leave it out.
 */
export type Operation<Input, Output> = CompletedOperation<Input, Output> | OpenOperation<Input>
