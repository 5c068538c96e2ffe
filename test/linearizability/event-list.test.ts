import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EventList, NO_EVENT } from '../../src-main/linearizability/event-list'
import type { Operation } from '../../src-main/linearizability/operation'

const completed = (calledAt: number, returnedAt: number): Operation<string, string> => ({
  ...{ outcome: 'known', client: 'a', input: '', output: '' },
  ...{ calledAt, returnedAt },
})
const open = (calledAt: number): Operation<string, string> => ({ outcome: 'unknown', client: 'a', input: '', calledAt })

/** The list as text: a call is its operation's number, a return has a stroke behind it. */
function listed(events: EventList): string {
  const parts: string[] = []
  for (let event = events.first(); event !== NO_EVENT; event = events.after(event)) {
    parts.push(`${String(events.operationOf(event))}${events.isReturn(event) ? '|' : ''}`)
  }
  return parts.join(' ')
}

test('events stand in the order of the history, calls before returns of the same position', () => {
  const events = new EventList([open(4), completed(5, 6), completed(1, 3), completed(3, 5)])
  expect(listed(events)).toBe('2 3 2| 0 1 3| 1|')
  expect(events.completedCount).toBe(3)
})

test('what was removed comes back where it was, in reverse order', () => {
  const operations = [open(2), completed(1, 5), completed(3, 4), completed(6, 9), open(7), completed(8, 10)]
  fc.assert(
    fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4, 5]), (removed) => {
      const events = new EventList(operations)
      const before = [listed(events)]
      for (const operation of removed) {
        events.remove(operation)
        before.push(listed(events))
      }
      const left = operations.filter((operation, index) => operation.outcome === 'known' && !removed.includes(index))
      expect(events.completedCount).toBe(left.length)
      for (const operation of [...removed].reverse()) {
        expect(listed(events)).toBe(before.pop())
        events.restore(operation)
      }
      expect(listed(events)).toBe(before.pop())
      expect(events.completedCount).toBe(4)
    }),
  )
})
