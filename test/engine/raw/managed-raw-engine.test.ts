import { describe, expect, it } from 'vitest'
import { RawWriteBatch } from '../../../src-main/engine/raw'
import { familiesToOpen } from '../../../src-main/engine/raw/column-family'
import { bytes } from '../../../src-main/engine/raw/conformance/conformance-context'
import { ManagedRawEngine } from '../../../src-main/engine/raw/core/managed-raw-engine'
import { encodeHeaderPayload } from '../../../src-main/engine/raw/range-stream/format'
import type { CursorRequest, RawCursor, RawDriver } from '../../../src-main/engine/raw/core/raw-driver'

const support = {
  persistent: false,
  survivesProcessDeath: false,
  syncWrites: false,
  nativeColumnFamilies: true,
  nativeDeleteRange: true,
  inspection: false,
}

/**
 * A driver as touchy as native code: every call takes a while, and whatever comes at the wrong time is noted. Walks
 * are long, so that they are always in the middle of something.
 */
class TouchyDriver implements RawDriver<object> {
  readonly columnFamilies = familiesToOpen([])
  readonly directory = undefined
  readonly misuse: string[] = []
  readonly calls: string[] = []
  failingFlush = false
  #underWay = 0
  #cursors = 0
  #closed = false
  readonly #readsOf = new Map<object, number>()

  get = (_family: string, _key: Uint8Array, at: object | undefined) => this.#read('get', at, async () => undefined)
  getMany = (_family: string, keys: readonly Uint8Array[], at: object | undefined) =>
    this.#read('getMany', at, async () => keys.map(() => undefined))
  write = () => this.#call('write')
  compact = () => this.#call('compact')
  approximateSize = () => this.#call('approximateSize').then(() => 0)
  properties = () => this.#call('properties').then(() => ({ columnFamilies: [], native: {} }))

  async flush(): Promise<void> {
    await this.#call('flush')
    if (this.failingFlush) throw new Error('The disk is full')
  }

  openCursor({ snapshot }: CursorRequest<object>): RawCursor {
    this.#use('openCursor', snapshot)
    this.#cursors += 1
    let reading = false
    let pages = 40
    let closed = false
    return {
      readPage: () =>
        this.#read('readPage', snapshot, async () => {
          if (reading || closed) this.misuse.push('readPage at the wrong time')
          reading = true
          await turn()
          reading = false
          pages -= 1
          return pages < 0
            ? []
            : [{ key: bytes('ingest/1'), value: encodeHeaderPayload({ range: {}, columnFamilies: [] }) }]
        }),
      close: async () => {
        if (reading) this.misuse.push('cursor closed under a read')
        if (closed) this.misuse.push('cursor closed twice')
        closed = true
        await turn()
        this.#cursors -= 1
      },
    }
  }

  createSnapshot(): object {
    const snapshot = {}
    this.#readsOf.set(snapshot, 0)
    return snapshot
  }

  async releaseSnapshot(snapshot: object): Promise<void> {
    if (this.#readsOf.get(snapshot) !== 0) this.misuse.push('snapshot released under a read, or twice')
    this.#readsOf.delete(snapshot)
    await turn()
  }

  async close(): Promise<void> {
    if (this.#closed) this.misuse.push('closed twice')
    this.#closed = true
    const left = { calls: this.#underWay, cursors: this.#cursors, snapshots: this.#readsOf.size }
    if (left.calls + left.cursors + left.snapshots > 0) this.misuse.push(`closed with ${JSON.stringify(left)}`)
    this.calls.push('close')
  }

  #use(what: string, snapshot: object | undefined): void {
    if (this.#closed) this.misuse.push(`${what} after close`)
    if (snapshot !== undefined && !this.#readsOf.has(snapshot)) this.misuse.push(`${what} from a released snapshot`)
  }

  async #read<T>(what: string, at: object | undefined, work: () => Promise<T>): Promise<T> {
    this.#use(what, at)
    if (at !== undefined) this.#readsOf.set(at, (this.#readsOf.get(at) ?? 0) + 1)
    try {
      await this.#call(what)
      return await work()
    } finally {
      if (at !== undefined) this.#readsOf.set(at, (this.#readsOf.get(at) ?? 0) - 1)
    }
  }

  async #call(what: string): Promise<void> {
    this.#use(what, undefined)
    this.calls.push(what)
    this.#underWay += 1
    await turn()
    this.#underWay -= 1
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('ManagedRawEngine keeps its promises to a driver', () => {
  it('when engine, snapshots and iterators close in the middle of everything', async () => {
    for (let turns = 0; turns < 12; turns++) {
      const driver = new TouchyDriver()
      const engine = new ManagedRawEngine('touchy', support, driver)
      // One with a walk to close first, and one with nothing but a call under way.
      const snapshot = engine.snapshot()
      const plain = engine.snapshot()
      const iterators = [engine.iterate(), snapshot.iterate(), engine.iterate({ limit: 3 })]
      const stream = engine.exportRange()[Symbol.asyncIterator]()
      const key = bytes('k')
      const calls: Array<Promise<unknown>> = [
        engine.get(key),
        engine.write(new RawWriteBatch().put(key, key)),
        snapshot.get(key),
        plain.get(key),
        snapshot.getMany([key]),
        ...iterators.map((iterator) => iterator.nextPage()),
        stream.next().then(() => stream.next()),
        engine.incompleteIngests(),
        engine.properties(),
        engine.flush(),
      ]
      const outcomes = Promise.allSettled(calls)
      for (let waited = 0; waited < turns; waited++) await turn()
      const handles = [...iterators, snapshot, plain, engine, engine, ...iterators]
      await Promise.all(handles.map((handle) => handle.close()))
      await outcomes
      expect(driver.misuse).toEqual([])
      expect(driver.calls.at(-1)).toBe('close')
    }
  })

  it('when the flush at closing fails: it is told, and the driver closed all the same', async () => {
    const driver = new TouchyDriver()
    const engine = new ManagedRawEngine('touchy', support, driver)
    engine.iterate()
    driver.failingFlush = true
    await expect(engine.close()).rejects.toMatchObject({ code: 'ENGINE_IO', message: 'The disk is full' })
    await expect(engine.close()).rejects.toMatchObject({ code: 'ENGINE_IO' })
    expect(driver.calls.at(-1)).toBe('close')
    expect(driver.misuse).toEqual([])
  })

  it('and does not flush when told not to', async () => {
    const driver = new TouchyDriver()
    await new ManagedRawEngine('touchy', support, driver).close({ flush: false })
    expect(driver.calls).toEqual(['close'])
  })

  it('and refuses a snapshot of another engine for an export', async () => {
    const engine = new ManagedRawEngine('touchy', support, new TouchyDriver())
    const other = new ManagedRawEngine('touchy', support, new TouchyDriver())
    const snapshot = other.snapshot()
    expect(() => engine.exportRange({ snapshot })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
    await Promise.all([engine.close(), other.close()])
  })
})
