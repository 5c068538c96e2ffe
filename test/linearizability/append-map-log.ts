import { HistoryRecorder } from '../../src-main/linearizability/history-recorder'
import type { AppendMapInput, AppendMapOutput } from '../../src-main/linearizability/models/append-map'
import type { Operation } from '../../src-main/linearizability/operation'

const eventLine =
  /^\{:process (?<client>\d+), :type :(?<event>invoke|ok), :f :(?<kind>get|put|append), :key "(?<key>[^"]*)", :value (?:nil|"(?<value>[^"]*)")\}$/

function requestOf(kind: string, key: string, value: string): AppendMapInput {
  if (kind === 'get') return { kind, key }
  return { kind: kind === 'put' ? 'put' : 'append', key, value }
}

/**
 * Reads the history of a key-value store with get, put and append. Every line is an event.
 *
 * @throws Error for a line that is not understood and for an event that ends no operation of its client
 */
export function parseAppendMapLog(text: string): Array<Operation<AppendMapInput, AppendMapOutput>> {
  const recorder = new HistoryRecorder<AppendMapInput, AppendMapOutput>()
  const pending = new Map<string, number>()
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const { client, event, kind = '', key = '', value = '' } = eventLine.exec(line)?.groups ?? {}
    if (client === undefined) throw new Error(`A line is not understood: ${line}`)
    if (event === 'invoke') {
      pending.set(client, recorder.call(client, requestOf(kind, key, value)))
      continue
    }
    const operation = pending.get(client)
    if (operation === undefined) throw new Error(`A line ends an operation that never began: ${line}`)
    pending.delete(client)
    recorder.return(operation, kind === 'get' ? value : true)
  }
  return recorder.history()
}
