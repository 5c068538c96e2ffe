import type { RequestTrace } from '../flow/flow-probe'
import { passStage } from '../flow/pass-stage'
import { bytesDatum, jsonDatum } from '../flow/stage-data'
import type { StageDatum } from '../flow/stage-event'
import type { ReadMode } from './engine-context'
import type { EngineReader, EngineScan, ScanOptions, StoredVersion } from './engine-reader'
import { encodeKey } from './mvcc/key-codec'
import { causes } from './stage-causes'
import type { PlainRange } from './write-data'

/** What a leader went by in the end: it asks a quorum where it was to rely on a lease and holds none. */
export type ReadProof = 'lease' | 'quorum'

/**
 * A reader for a request that is followed.
 *
 * @param proof how it is to prove that it may answer
 * @param open makes the reader, and tells how it was proven if a leader had to
 */
export async function followReader(
  trace: RequestTrace,
  proof: ReadMode | 'only-replica',
  open: (proven: (proof: ReadProof) => void) => Promise<EngineReader>,
): Promise<EngineReader> {
  const describe = () => ({ before: [], cause: causes.newReader(proof) })
  const proofs: ReadProof[] = []
  const outcome = () => ({ after: proofs.map((proven) => jsonDatum('proven by', 'text', proven)) })
  const openProven = () => open((proven) => proofs.push(proven))
  return new FollowedReader(trace, await passStage(trace, 'engine.newReader', describe, openProven, outcome))
}

/** Tells of the keys that it reads. */
class FollowedReader implements EngineReader {
  readonly #trace: RequestTrace
  readonly #reader: EngineReader

  constructor(trace: RequestTrace, reader: EngineReader) {
    this.#trace = trace
    this.#reader = reader
  }

  kvGet(key: Uint8Array, ts?: bigint): Promise<Uint8Array | undefined> {
    return this.#get(
      [key],
      ts,
      () => this.#reader.kvGet(key, ts),
      (value) => [valueDatum(value)],
    )
  }

  kvBatchGet(keys: readonly Uint8Array[], ts?: bigint): Promise<ReadonlyArray<Uint8Array | undefined>> {
    return this.#get(
      keys,
      ts,
      () => this.#reader.kvBatchGet(keys, ts),
      (values) => values.slice(0, MOST_KEYS).map(valueDatum),
    )
  }

  scan(options: ScanOptions): EngineScan {
    return this.#reader.scan(options)
  }

  versions(
    range: PlainRange,
    options?: { readonly offset?: number; readonly limit?: number },
  ): Promise<readonly StoredVersion[]> {
    return this.#reader.versions(range, options)
  }

  measure(...parameters: Parameters<EngineReader['measure']>): ReturnType<EngineReader['measure']> {
    return this.#reader.measure(...parameters)
  }

  #get<T>(
    keys: readonly Uint8Array[],
    ts: bigint | undefined,
    get: () => Promise<T>,
    describeValues: (values: T) => readonly StageDatum[],
  ): Promise<T> {
    return passStage(
      this.#trace,
      'rawEngine.get',
      () => ({
        before: [
          ...keys
            .slice(0, MOST_KEYS)
            .map((key) => bytesDatum('key, as it is stored before its timestamp', 'key', encodeKey(key))),
          jsonDatum('timestamp', 'text', ts ?? 'the newest'),
        ],
        cause: causes.get(keys.length),
      }),
      get,
      (values) => ({ after: describeValues(values) }),
    )
  }
}

/** Of so many keys a trace keeps what was read. */
const MOST_KEYS = 32

function valueDatum(value: Uint8Array | undefined): StageDatum {
  return value === undefined ? jsonDatum('value', 'text', 'the key is not there') : bytesDatum('value', 'bytes', value)
}
