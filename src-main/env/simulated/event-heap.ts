/**
 * Something that happens at a moment of simulated time. Its place in the heap is kept in the event itself, so that
 * cancelling finds it at once and a message in flight costs one object.
 */
export abstract class SimulatedEvent {
  /** When it happens, in whole microseconds of simulated time. */
  dueUs = 0
  /** Orders events of the same moment: first scheduled, first run. */
  sequence = 0
  /** Where it stands in the heap; -1 while it is not scheduled. */
  heapIndex = -1

  abstract fire(): void
}

/** The pending events as a binary heap, ordered by moment and then by the order in which they were scheduled. */
export class EventHeap {
  readonly #events: SimulatedEvent[] = []

  get size(): number {
    return this.#events.length
  }

  /** The next event, or undefined when there is none. */
  peek(): SimulatedEvent | undefined {
    return this.#events[0]
  }

  push(event: SimulatedEvent): void {
    this.#events.push(event)
    this.#siftUp(event, this.#events.length - 1)
  }

  /** Takes out the next event. */
  pop(): SimulatedEvent | undefined {
    const first = this.#events[0]
    if (first !== undefined) this.remove(first)
    return first
  }

  /** Takes out an event wherever it stands; harmless when it is not in the heap. */
  remove(event: SimulatedEvent): void {
    const index = event.heapIndex
    if (index < 0) return
    event.heapIndex = -1
    const last = this.#events.pop()
    if (last === undefined || last === event) return
    if (index > 0 && isBefore(last, this.#at((index - 1) >> 1))) this.#siftUp(last, index)
    else this.#siftDown(last, index)
  }

  #siftUp(event: SimulatedEvent, start: number): void {
    let index = start
    while (index > 0) {
      const parentIndex = (index - 1) >> 1
      const parent = this.#at(parentIndex)
      if (!isBefore(event, parent)) break
      this.#place(parent, index)
      index = parentIndex
    }
    this.#place(event, index)
  }

  #siftDown(event: SimulatedEvent, start: number): void {
    const count = this.#events.length
    let index = start
    for (;;) {
      let childIndex = 2 * index + 1
      if (childIndex >= count) break
      if (childIndex + 1 < count && isBefore(this.#at(childIndex + 1), this.#at(childIndex))) childIndex++
      const child = this.#at(childIndex)
      if (!isBefore(child, event)) break
      this.#place(child, index)
      index = childIndex
    }
    this.#place(event, index)
  }

  #place(event: SimulatedEvent, index: number): void {
    this.#events[index] = event
    event.heapIndex = index
  }

  /** Every index that is asked for lies inside the heap. */
  #at(index: number): SimulatedEvent {
    return this.#events[index] as SimulatedEvent
  }
}

function isBefore(left: SimulatedEvent, right: SimulatedEvent): boolean {
  return left.dueUs < right.dueUs || (left.dueUs === right.dueUs && left.sequence < right.sequence)
}
