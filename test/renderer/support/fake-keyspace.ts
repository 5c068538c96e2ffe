import type {
  CompareAndSetView,
  KeyInput,
  KeySegment,
  PairPage,
  PairView,
} from '../../../src-main/client/views/keyspace'
import { compareBytes } from '../../../src-renderer/data/bytes'
import { bytesToHex, hexToBytes } from '../../../src-renderer/ui/format'
import type { FakeDoor } from './fake-door'
import { keyBytes, keyView } from './key-views'

interface PageRequest {
  readonly from: Uint8Array
  readonly rangeStart: Uint8Array
  readonly rangeEnd: Uint8Array
  readonly limit: number
}

/** The keys of a cluster, in the hands of a test, behind a fake door. */
export class FakeKeyspace {
  segments: readonly KeySegment[] = []
  readonly #pairs = new Map<string, PairView>()

  constructor(door: FakeDoor) {
    const answers: Record<string, (input: never) => unknown> = {
      'keyspace.line': () => ({ takenAtMs: 1, segments: this.segments }),
      'keyspace.page': (request: PageRequest) => this.#page(request),
      'keyspace.resolve': ({ key }: { key: KeyInput }) => keyView(bytesOf(key)),
      'keyspace.value': ({ key }: { key: KeyInput }) => {
        const found = this.at(bytesOf(key))
        return { key: keyView(bytesOf(key)), value: found && wholeOf(found), regionId: 1 }
      },
      'keyspace.put': ({ key, value }: { key: KeyInput; value: Uint8Array }) => {
        this.set(bytesOf(key), value)
        return { tookMs: 1 }
      },
      'keyspace.delete': ({ key }: { key: KeyInput }) => {
        this.#pairs.delete(bytesToHex(bytesOf(key)))
        return { tookMs: 1 }
      },
      'keyspace.compareAndSet': (input: { key: KeyInput; expected?: Uint8Array; value: Uint8Array }) => {
        const present = this.at(bytesOf(input.key))?.value
        const isSet =
          input.expected === undefined
            ? present === undefined
            : present !== undefined && compareBytes(present, input.expected) === 0
        if (isSet) this.set(bytesOf(input.key), input.value)
        return { isSet, tookMs: 1 } satisfies CompareAndSetView
      },
    }
    for (const [name, answer] of Object.entries(answers)) door.answers.set(name, answer)
  }

  at(key: Uint8Array): PairView | undefined {
    return this.#pairs.get(bytesToHex(key))
  }

  add(...pairs: readonly PairView[]): void {
    for (const pair of pairs) this.#pairs.set(bytesToHex(pair.key.bytes), pair)
  }

  set(key: Uint8Array, value: Uint8Array): void {
    this.add({ key: keyView(key), value, valueBytes: value.length })
  }

  #page({ from, rangeStart, rangeEnd, limit }: PageRequest): PairPage {
    const found = [...this.#pairs.values()]
      .filter(({ key: { bytes } }) => compareBytes(bytes, from) >= 0 && compareBytes(bytes, rangeStart) >= 0)
      .filter(({ key: { bytes } }) => rangeEnd.length === 0 || compareBytes(bytes, rangeEnd) < 0)
      .sort((one, other) => compareBytes(one.key.bytes, other.key.bytes))
    return { pairs: found.slice(0, limit), nextKey: found[limit]?.key.bytes, tookMs: 1 }
  }
}

/** Text of a table is a key of its first partition. */
function bytesOf(key: KeyInput): Uint8Array {
  return key.kind === 'raw' ? (hexToBytes(key.hex) ?? new Uint8Array(0)) : keyBytes(key.tableId * 100, key.text)
}

/** Of a shortened value the rest is zeros. */
function wholeOf({ value, valueBytes }: PairView): Uint8Array {
  const whole = new Uint8Array(valueBytes)
  whole.set(value)
  return whole
}
