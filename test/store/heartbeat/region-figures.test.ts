import { afterEach, describe, expect, it } from 'vitest'
import { encodeRange } from '../../../src-main/engine/encoded-range'
import { MemEngine } from '../../../src-main/engine/memory/mem-engine'
import { RawMemEngine } from '../../../src-main/engine/raw/memory/raw-mem-engine'
import { SimulatedClock } from '../../../src-main/env/simulated'
import { RegionFiguresCollector } from '../../../src-main/store/heartbeat/region-figures'
import type { StoreMetaManager } from '../../../src-main/store/meta/store-meta-manager'
import { Storage } from '../../../src-main/store/storage/storage'
import { TestRegion, TestRegions } from '../service/support/test-region'

const STORE_ID = 20_001
const bytes = (text: string) => new TextEncoder().encode(text)
const text = (value: Uint8Array | undefined) => value && new TextDecoder().decode(value)

let rawEngine: RawMemEngine | undefined
afterEach(() => rawEngine?.close())

/** A collector over an engine in memory that counts the bytes that are read from it. */
async function setUp() {
  rawEngine = await RawMemEngine.open({ columnFamilies: ['meta'] })
  const counted = { bytes: 0 }
  const iterate = rawEngine.iterate.bind(rawEngine)
  rawEngine.iterate = (options) => {
    const walk = iterate(options)
    const nextPage = walk.nextPage.bind(walk)
    walk.nextPage = async () => {
      const page = await nextPage()
      for (const { key, value } of page) counted.bytes += key.length + value.length
      return page
    }
    return walk
  }
  const clock = new SimulatedClock()
  let ts = 0n
  const engine = new MemEngine({ env: { clock }, rawEngine, storeId: STORE_ID, timestamps: { next: () => (ts += 1n) } })
  const regions = new TestRegions()
  const meta = {
    list: () => regions.list(),
    find: (regionId: number) => regions.find(regionId),
    regions: {
      find: (regionId: number) => regions.find(regionId),
      encodedRange: (regionId: number) => {
        const { start, end } = encodeRange(regions.find(regionId)?.range ?? { startKey: bytes(''), endKey: bytes('') })
        return { startKey: start, endKey: end }
      },
    },
  } as unknown as StoreMetaManager
  const warnings: unknown[] = []
  const figures = new RegionFiguresCollector({
    clock,
    meta,
    engines: new Storage({ engines: [engine] }),
    rawEngine,
    refreshMs: 60_000,
    onWarning: (warning) => warnings.push(warning),
  })
  return {
    counted,
    figures,
    warnings,
    async addRegion(id: number, start: string, end: string): Promise<TestRegion> {
      const region = regions.add(new TestRegion(id, start, end))
      await engine.addRegion(region, { voters: [STORE_ID], learners: [] })
      return region
    },
    async put({ id, epoch }: TestRegion, prefix: string, count: number, valueBytes: number) {
      const entries = Array.from({ length: count }, (_, at) => ({
        key: bytes(`${prefix}${String(at).padStart(8, '0')}`),
        value: new Uint8Array(valueBytes),
      }))
      await engine.write({ regionId: id, epoch, readMode: 'local' }, { datums: [{ kind: 'put', entries }] })
    },
  }
}

describe('the figures of a region', () => {
  it('are exact while it is small', async () => {
    const { addRegion, put, figures } = await setUp()
    const region = await addRegion(1, 'wa', 'wz')
    await put(region, 'wk', 500, 100)
    await put(region, 'wk', 300, 100)
    await figures.refresh()
    const { keyCount, minKey, maxKey } = figures.find(1) ?? {}
    expect([keyCount, text(minKey), text(maxKey)]).toEqual([500, 'wk00000000', 'wk00000499'])
  })

  it('are near to it when it is large, and read but a small part of it', async () => {
    const { addRegion, put, figures, counted } = await setUp()
    const region = await addRegion(1, 'wa', 'wz')
    await put(region, 'wk', 20_000, 400)
    counted.bytes = 0
    await figures.refresh()
    const { keyCount = 0, minKey, maxKey, sizeBytes = 0 } = figures.find(1) ?? {}
    expect(Math.abs(keyCount - 20_000)).toBeLessThan(1_000)
    expect([text(minKey), text(maxKey)]).toEqual(['wk00000000', 'wk00019999'])
    expect(counted.bytes).toBeLessThan(sizeBytes / 5)
  })

  it('are not read again before something is applied', async () => {
    const { addRegion, put, figures, counted } = await setUp()
    const region = await addRegion(1, 'wa', 'wz')
    await put(region, 'wk', 100, 100)
    await figures.refresh()
    counted.bytes = 0
    await figures.refresh()
    expect(counted.bytes).toBe(0)
    await put(region, 'wl', 1, 100)
    await figures.refresh()
    expect(figures.find(1)?.keyCount).toBe(101)
  })

  it('of many large regions are collected in several rounds', async () => {
    const { addRegion, put, figures, warnings } = await setUp()
    for (let id = 1; id <= 130; id++) {
      const prefix = `w${String(id).padStart(3, '0')}`
      await put(await addRegion(id, prefix, `${prefix}~`), prefix, 3, 220_000)
    }
    await figures.refresh()
    const collected = () => Array.from({ length: 130 }, (_, at) => figures.find(at + 1)).filter((each) => each).length
    expect(collected()).toBe(128)
    await figures.refresh()
    expect(collected()).toBe(130)
    expect(warnings).toEqual([])
  })
})
