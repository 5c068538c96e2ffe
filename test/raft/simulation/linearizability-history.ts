import { checkHistory } from '../../../src-main/linearizability/check'
import { HistoryRecorder } from '../../../src-main/linearizability/history-recorder'
import type { KeyValueInput, KeyValueOutput } from '../../../src-main/linearizability/models/key-value'
import { unknownOutput } from '../../../src-main/linearizability/model'
import { keyValueModel } from '../../../src-main/linearizability/models/key-value'
import type { ClientHistory } from '../../../src-main/raft/simulation/client-history'
import type { KeyValueCommand, KeyValueResult } from '../../../src-main/raft/simulation/key-value-state-machine'

/**
 * The memory of one key's search, in bytes: enough for every history of a simulation, and reached before a machine is.
 */
const MEMORY_LIMIT_BYTES = 64 * 1024 * 1024

/** A history that is judged by the checker for linearizability. */
export class LinearizabilityHistory implements ClientHistory {
  readonly #recorder = new HistoryRecorder<KeyValueInput, KeyValueOutput>()

  call(client: string, request: KeyValueCommand): number {
    return this.#recorder.call(client, request)
  }

  return(operation: number, output: KeyValueResult): void {
    this.#recorder.return(operation, output)
  }

  discard(operation: number): void {
    this.#recorder.discard(operation)
  }

  findFault(): string | undefined {
    const { verdict, partitions } = checkHistory(keyValueModel, this.#recorder.history(), {
      memoryBytes: MEMORY_LIMIT_BYTES,
    })
    if (verdict === 'linearizable') return undefined
    for (const partition of partitions) {
      if (partition.verdict === 'linearizable') continue
      if (partition.verdict === 'unknown') return `The history of key ${partition.partition} is too hard to judge.`
      const { input, client } = partition.blocked
      const output = partition.blocked.outcome === 'known' ? partition.blocked.output : unknownOutput
      return `No order explains what ${client} learned: ${keyValueModel.describeOperation(input, output)}.`
    }
    return undefined
  }
}
