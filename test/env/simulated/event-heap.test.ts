import fc from 'fast-check'
import { expect, it } from 'vitest'
import { EventHeap, SimulatedEvent } from '../../../src-main/env/simulated/event-heap'

class NumberedEvent extends SimulatedEvent {
  constructor(dueUs: number, sequence: number) {
    super()
    this.dueUs = dueUs
    this.sequence = sequence
  }

  fire(): void {
    // Only its place in the order matters here.
  }
}

it('gives events by moment, then in order of scheduling, whatever was taken out in between', () => {
  const command = fc.oneof(
    fc.record({ kind: fc.constant('push' as const), dueUs: fc.nat(20) }),
    fc.record({ kind: fc.constant('remove' as const), index: fc.nat() }),
    fc.record({ kind: fc.constant('pop' as const) }),
  )
  fc.assert(
    fc.property(fc.array(command, { maxLength: 300 }), (commands) => {
      const heap = new EventHeap()
      const model: NumberedEvent[] = []
      const first = (): NumberedEvent | undefined =>
        [...model].sort((left, right) => left.dueUs - right.dueUs || left.sequence - right.sequence)[0]
      const forget = (event: NumberedEvent | undefined): void => {
        if (event !== undefined) model.splice(model.indexOf(event), 1)
      }
      commands.forEach((step, sequence) => {
        if (step.kind === 'push') {
          const event = new NumberedEvent(step.dueUs, sequence)
          heap.push(event)
          model.push(event)
        } else if (step.kind === 'remove') {
          const event = model[step.index % Math.max(1, model.length)]
          if (event !== undefined) {
            heap.remove(event)
            heap.remove(event)
          }
          forget(event)
        } else {
          const expected = first()
          expect(heap.pop()).toBe(expected)
          forget(expected)
        }
        expect(heap.size).toBe(model.length)
        expect(heap.peek()).toBe(first())
      })
    }),
  )
})
