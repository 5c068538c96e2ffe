import { HistoryRecorder } from '../../src-main/linearizability/history-recorder'
import type { RegisterInput, RegisterOutput } from '../../src-main/linearizability/models/register'
import type { Operation } from '../../src-main/linearizability/operation'

const eventLine =
  /^INFO\s+jepsen\.util - (?<client>\d+)\s+:(?<event>\w+)\s+:(?<kind>read|write|cas)\s+(?<value>.+?)\s*$/

const integers = (value: string) => [...value.matchAll(/-?\d+/g)].map(Number)

function requestOf(kind: string, value: string): RegisterInput {
  const [first = NaN, second = NaN] = integers(value)
  if (kind === 'read') return { kind: 'read' }
  if (kind === 'write') return { kind: 'write', value: first }
  return { kind: 'compare-and-set', expected: first, replacement: second }
}

/**
 * Reads a log of Jepsen's test of one etcd register. Lines that are no events are passed over.
 *
 * @throws Error for an event that ends no operation of its client
 */
export function parseJepsenLog(text: string): Array<Operation<RegisterInput, RegisterOutput>> {
  const recorder = new HistoryRecorder<RegisterInput, RegisterOutput>()
  const pending = new Map<string, number>()
  text.split('\n').forEach((line, index) => {
    const { client = '', event = '', kind = '', value = '' } = eventLine.exec(line)?.groups ?? {}
    if (client === '') return
    if (event === 'invoke') {
      pending.set(client, recorder.call(client, requestOf(kind, value)))
      return
    }
    const operation = pending.get(client)
    if (operation === undefined)
      throw new Error(`Line ${String(index + 1)} ends an operation that never began: ${line}`)
    pending.delete(client)
    if (event === 'ok') recorder.return(operation, kind === 'read' ? (integers(value)[0] ?? null) : true)
    else if (event === 'fail' && kind === 'cas') recorder.return(operation, false)
    else if (event === 'info' || value === ':timed-out') return
    else throw new Error(`Line ${String(index + 1)} has an event that is not understood: ${line}`)
  })
  return recorder.history()
}
