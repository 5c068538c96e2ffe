import { SandboxError } from '../base/sandbox-error'
import type { Operation } from './operation'

/**
 * Writes a history down while it happens. Positions are the numbers of the events, not times: in a simulation many events
 * share one moment, and operations that merely share a moment would count as concurrent.
 */
export class HistoryRecorder<Input, Output> {
  private events = 0
  /** By number; undefined where an operation was discarded. */
  private readonly operations: Array<Operation<Input, Output> | undefined> = []

  /** A client sends a request. Until it returns its outcome is unknown. Gives the operation's number. */
  call(client: string, input: Input): number {
    this.events += 1
    this.operations.push({ outcome: 'unknown', client, input, calledAt: this.events })
    return this.operations.length - 1
  }

  /**
   * The client receives the answer.
   *
   * @throws SandboxError INVALID_ARGUMENT if the operation has returned or was discarded before
   */
  return(operation: number, output: Output): void {
    const { client, input, calledAt } = this.pending(operation)
    this.events += 1
    this.operations[operation] = { outcome: 'known', client, input, calledAt, output, returnedAt: this.events }
  }

  /**
   * The operation is known to have had no effect and to have seen nothing, so it is no part of the history.
   *
   * @throws SandboxError INVALID_ARGUMENT if the operation has returned or was discarded before
   */
  discard(operation: number): void {
    this.pending(operation)
    this.operations[operation] = undefined
  }

  /** The history so far, in the order of calls. */
  history(): Array<Operation<Input, Output>> {
    return this.operations.filter((operation) => operation !== undefined)
  }

  private pending(number: number): Operation<Input, Output> {
    const operation = this.operations[number]
    if (operation?.outcome === 'unknown') return operation
    throw new SandboxError(
      'INVALID_ARGUMENT',
      `Operation ${String(number)} of the history has ended already or was never called. End each operation once.`,
      { details: { operation: number } },
    )
  }
}
