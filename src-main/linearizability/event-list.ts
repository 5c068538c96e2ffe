import type { Operation } from './operation'

/** No event: behind the last one. Event numbers begin at 1, which leaves 0 for the head of the list. */
export const NO_EVENT = 0

/**
 * The calls and returns of the operations that are not placed yet, in the order of the history: a doubly linked list from
 * which the events of an operation are taken and put back in the time of a few assignments. Operations are numbered from
 * 0; an event's number is its position in the whole history, from 1.
 */
export class EventList {
  /** How many operations in the list have a return: those which must still be placed. */
  completedCount = 0
  private readonly next: Int32Array
  private readonly previous: Int32Array
  private readonly operationOfEvent: Int32Array
  private readonly callEvent: Int32Array
  private readonly returnEvent: Int32Array

  constructor(operations: ReadonlyArray<Operation<unknown, unknown>>) {
    const events = operations.flatMap((operation, index) => {
      const call = { operation: index, at: operation.calledAt, isReturn: 0 }
      return operation.outcome === 'unknown' ? [call] : [call, { ...call, at: operation.returnedAt, isReturn: 1 }]
    })
    // At the same position calls come first, which makes operations that touch there concurrent.
    events.sort((left, right) => left.at - right.at || left.isReturn - right.isReturn)

    this.operationOfEvent = new Int32Array(events.length + 1)
    this.callEvent = new Int32Array(operations.length)
    this.returnEvent = new Int32Array(operations.length).fill(NO_EVENT)
    events.forEach(({ operation, isReturn }, index) => {
      const event = index + 1
      this.operationOfEvent[event] = operation
      if (isReturn === 1) this.returnEvent[operation] = event
      else this.callEvent[operation] = event
    })
    this.completedCount = events.length - operations.length

    const last = events.length
    this.next = Int32Array.from({ length: last + 1 }, (_, event) => (event < last ? event + 1 : NO_EVENT))
    this.previous = Int32Array.from({ length: last + 1 }, (_, event) => (event > 0 ? event - 1 : last))
  }

  /** The first event in the list, or {@link NO_EVENT}. */
  first(): number {
    return this.after(NO_EVENT)
  }

  /** The event behind this one, or {@link NO_EVENT}. Right also for an event that was just put back. */
  after(event: number): number {
    return this.next[event] ?? NO_EVENT
  }

  isReturn(event: number): boolean {
    return this.callOf(this.operationOf(event)) !== event
  }

  /** The number of the operation whose call or return this is. */
  operationOf(event: number): number {
    return this.operationOfEvent[event] ?? 0
  }

  callOf(operation: number): number {
    return this.callEvent[operation] ?? NO_EVENT
  }

  /** Takes the events of an operation out of the list. */
  remove(operation: number): void {
    this.unlink(this.callOf(operation))
    const returnEvent = this.returnEvent[operation] ?? NO_EVENT
    if (returnEvent === NO_EVENT) return
    this.unlink(returnEvent)
    this.completedCount -= 1
  }

  /** Undoes the newest {@link remove} that is not undone yet, which must be this operation's. */
  restore(operation: number): void {
    const returnEvent = this.returnEvent[operation] ?? NO_EVENT
    if (returnEvent !== NO_EVENT) {
      this.link(returnEvent)
      this.completedCount += 1
    }
    this.link(this.callOf(operation))
  }

  private unlink(event: number): void {
    const next = this.next[event] ?? NO_EVENT
    const previous = this.previous[event] ?? NO_EVENT
    this.next[previous] = next
    this.previous[next] = previous
  }

  // An event that was taken out still knows its neighbours of that moment; undone in reverse order they are right again.
  private link(event: number): void {
    this.next[this.previous[event] ?? NO_EVENT] = event
    this.previous[this.next[event] ?? NO_EVENT] = event
  }
}
