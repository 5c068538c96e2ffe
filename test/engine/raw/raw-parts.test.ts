import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  compareBytes,
  keyAfter,
  prefixRange,
  rangeContains,
  rangeCovers,
  rangesOverlap,
} from '../../../src-main/engine/raw'
import type { KeyRange } from '../../../src-main/engine/raw'
import { SharedExclusiveLock } from '../../../src-main/engine/raw/level/shared-exclusive-lock'
import { loadBinding } from '../../../src-main/engine/raw/load-binding'
import { encodeEntries, encodeFooter, encodeHeader } from '../../../src-main/engine/raw/range-stream/format'
import { decodeRangeStream } from '../../../src-main/engine/raw/range-stream/range-decoder'
import type { RangeStreamPart } from '../../../src-main/engine/raw/range-stream/range-decoder'

const key = fc
  .array(fc.constantFrom(0, 1, 0x80, 0xff), { minLength: 1, maxLength: 3 })
  .map((bytes) => Uint8Array.from(bytes))
const bound = fc.option(key, { nil: undefined })
const range: fc.Arbitrary<KeyRange> = fc.record({ start: bound, end: bound })
/** Every key that a range of the generated bounds could tell apart. */
const probes = everyKey(4)

describe('key ranges', () => {
  it('of a prefix hold exactly the keys with the prefix', () => {
    fc.assert(
      fc.property(key, key, (prefix, probe) => {
        const hasPrefix = Buffer.from(probe.subarray(0, prefix.length)).equals(prefix)
        expect(rangeContains(prefixRange(prefix), probe)).toBe(hasPrefix)
      }),
    )
  })

  it('leave the prefix that they are made from as it was', () => {
    const prefix = Buffer.from([1, 2, 0xff])
    expect(prefixRange(prefix).end).toEqual(Uint8Array.from([1, 3]))
    expect([...prefix]).toEqual([1, 2, 0xff])
  })

  it('know what comes right after a key', () => {
    fc.assert(
      fc.property(key, key, (one, other) => {
        expect(compareBytes(keyAfter(one), other) <= 0).toBe(compareBytes(one, other) < 0)
      }),
    )
  })

  it('cover and overlap as their keys do', () => {
    fc.assert(
      fc.property(range, range, (left, right) => {
        const inLeft = probes.filter((probe) => rangeContains(left, probe))
        const inRight = probes.filter((probe) => rangeContains(right, probe))
        fc.pre(inLeft.length > 0 && inRight.length > 0)
        expect(rangesOverlap(left, right)).toBe(inLeft.some((probe) => rangeContains(right, probe)))
        if (rangeCovers(left, right)) expect(inRight.every((probe) => rangeContains(left, probe))).toBe(true)
      }),
    )
  })
})

describe('range streams', () => {
  it('come back as they were encoded, however they are cut', async () => {
    const entry = fc.record({ key, value: fc.uint8Array({ maxLength: 30 }) })
    const entries = fc.uniqueArray(entry, { selector: (each) => Buffer.from(each.key).toString('hex') })
    await fc.assert(
      fc.asyncProperty(entries, fc.integer({ min: 1, max: 50 }), async (unordered, chunkBytes) => {
        const sorted = [...unordered].sort((left, right) => compareBytes(left.key, right.key))
        const bytes = sorted.reduce((sum, each) => sum + each.key.length + each.value.length, 0)
        const stream = Buffer.concat([
          encodeHeader({ range: {}, columnFamilies: ['default', 'alpha'] }),
          encodeEntries(1, sorted),
          encodeFooter({ entries: sorted.length, bytes }),
        ])
        const parts = await decode(stream, chunkBytes)
        expect(parts).toEqual([
          { kind: 'header', range: { start: undefined, end: undefined }, columnFamilies: ['default', 'alpha'] },
          { kind: 'entries', columnFamily: 'alpha', entries: sorted },
          { kind: 'footer', entries: sorted.length, bytes },
        ])
      }),
    )
  })

  it('are refused if keys are out of order, doubled, or outside', async () => {
    const [a, b, c] = [Uint8Array.from([1]), Uint8Array.from([2]), Uint8Array.from([3])]
    const value = new Uint8Array(0)
    for (const keys of [[b, a], [a, a], [c]]) {
      const stream = Buffer.concat([
        encodeHeader({ range: { end: c }, columnFamilies: ['default'] }),
        encodeEntries(
          0,
          keys.map((each) => ({ key: each, value })),
        ),
        encodeFooter({ entries: keys.length, bytes: keys.length }),
      ])
      await expect(decode(stream, 1000)).rejects.toMatchObject({ code: 'ENGINE_CORRUPTION' })
    }
  })

  it('of another version are refused as such', async () => {
    const header = encodeHeader({ range: {}, columnFamilies: [] })
    // The version stands behind the frame's header and the magic; the checksum must fit for it to be looked at.
    const { frameChecksum, frameHeaderBytes } = await import('../../../src-main/engine/raw/range-stream/format')
    const view = new DataView(header.buffer)
    view.setUint16(frameHeaderBytes + 8, 2, true)
    view.setUint32(5, frameChecksum(header, header.subarray(frameHeaderBytes)), true)
    await expect(decode(header, 1000)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', details: { version: 2 } })
  })
})

describe('SharedExclusiveLock', () => {
  it('lets the shared in together and the exclusive in alone, in turn', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ alone: fc.boolean(), turns: fc.nat(5) })), async (holders) => {
        const lock = new SharedExclusiveLock()
        let shared = 0
        let exclusive = 0
        let finished = 0
        const work = async (alone: boolean, turns: number): Promise<void> => {
          if (alone) exclusive += 1
          else shared += 1
          for (let turn = 0; turn <= turns; turn++) {
            expect(exclusive === 0 || (exclusive === 1 && shared === 0)).toBe(true)
            await Promise.resolve()
          }
          if (alone) exclusive -= 1
          else shared -= 1
          finished += 1
        }
        const all = holders.map(({ alone, turns }) =>
          alone ? lock.exclusive(() => work(alone, turns)) : sharing(lock, () => work(alone, turns)),
        )
        await Promise.all(all)
        expect(finished).toBe(holders.length)
      }),
    )
  })

  it('goes on after work that fails', async () => {
    const lock = new SharedExclusiveLock()
    const failing = async (): Promise<never> => {
      throw new Error('work failed')
    }
    const outcomes = await Promise.allSettled([
      lock.exclusive(failing),
      sharing(lock, failing),
      lock.exclusive(async () => 1),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled'])
  })
})

describe('a binding that does not load', () => {
  it('is told with what to install', async () => {
    const reason = 'libatomic.so.1: cannot open shared object file: No such file or directory'
    // The package's own loader wraps the linker's words.
    const wrapped = new Error('Cannot load addon', { cause: new Error(reason) })
    const loading = loadBinding('rocksdb-native', () => Promise.reject(wrapped))
    await expect(loading).rejects.toMatchObject({
      code: 'ENGINE_NOT_AVAILABLE',
      message: expect.stringContaining('sudo apt-get install libatomic1') as string,
      details: { problem: 'missing-library', words: `Cannot load addon: ${reason}` },
    })
  })

  it('is told with a way out whatever the reason', async () => {
    const loading = loadBinding('classic-level', () => Promise.reject(new Error('No native build was found')))
    await expect(loading).rejects.toThrow(/npm ci/)
  })
})

/** Shares a lock as the LevelDB driver does. */
async function sharing(lock: SharedExclusiveLock, work: () => Promise<void>): Promise<void> {
  if (!lock.tryShare()) await lock.share()
  try {
    await work()
  } finally {
    lock.releaseShare()
  }
}

async function decode(stream: Uint8Array, chunkBytes: number): Promise<RangeStreamPart[]> {
  async function* chunks(): AsyncGenerator<Uint8Array, void> {
    for (let from = 0; from < stream.length; from += chunkBytes) yield stream.slice(from, from + chunkBytes)
  }
  const parts: RangeStreamPart[] = []
  for await (const part of decodeRangeStream(chunks())) parts.push(part)
  return parts
}

function everyKey(maxLength: number): Uint8Array[] {
  let keys: number[][] = [[]]
  const all: Uint8Array[] = []
  for (let length = 1; length <= maxLength; length++) {
    keys = keys.flatMap((prefix) => [0, 1, 0x80, 0xff].map((byte) => [...prefix, byte]))
    all.push(...keys.map((each) => Uint8Array.from(each)))
  }
  return all
}
