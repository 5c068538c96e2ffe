import { execFile, spawn } from 'node:child_process'
import { cp, mkdir, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RealDisk } from '../../../src-main/env/real'
import { RawWriteBatch } from '../../../src-main/engine/raw'
import type { RawEngine } from '../../../src-main/engine/raw'
import { bytes, fill, keysOf, numberKey, putAll } from '../../../src-main/engine/raw/conformance/conformance-context'
import { RawLevelEngine } from '../../../src-main/engine/raw/level/raw-level-engine'
import { RawRocksEngine } from '../../../src-main/engine/raw/rocks/raw-rocks-engine'
import { requireCapabilityOfAll } from '../../support/capabilities'
import { temporaryDirectory } from './support/fixtures'

const root = join(import.meta.dirname, '..', '..', '..')
const tableFile = /\.(sst|ldb)$/

describe.each([
  ['rocks', RawRocksEngine, `new (require('rocksdb-native'))(process.argv[1]).ready()`],
  ['level', RawLevelEngine, `new (require('classic-level').ClassicLevel)(process.argv[1]).open()`],
] as const)('the native engine %s', (name, engineClass, openBare) => {
  if (name === 'rocks') requireCapabilityOfAll('rocksdb')
  let place = ''
  let directory = ''
  let engines: RawEngine[] = []
  const open = async (columnFamilies = ['alpha']): Promise<RawEngine> => {
    const engine = await engineClass.open({ directory, disk: new RealDisk(), columnFamilies })
    engines.push(engine)
    return engine
  }

  beforeEach(async () => {
    place = await temporaryDirectory()
    directory = join(place, 'deep', 'data')
    engines = []
  })
  afterEach(async () => {
    for (const engine of engines) await engine.close({ flush: false })
    await rm(place, { recursive: true, force: true })
  })

  it('survives closing in the middle of everything, again and again', async () => {
    const storm = join(root, 'test/engine/raw/support/close-storm.ts')
    const script = `import { runTypeScript } from ${JSON.stringify(join(root, 'test/support/run-typescript.mjs'))}
      await runTypeScript(${JSON.stringify(storm)}, process.argv.slice(1))`
    for (const leave of ['close', 'leave']) {
      const args = ['--input-type=module', '-e', script, name, directory, '20', leave]
      const outcome = await promisify(execFile)(process.execPath, args, { cwd: root }).then(
        () => 'ended well',
        (error: { code?: number; signal?: string; stderr: string }) => `${error.code} ${error.signal}: ${error.stderr}`,
      )
      expect(outcome).toBe('ended well')
    }
    expect((await keysOf(await open())).length).toBeGreaterThanOrEqual(0)
  })

  it('refuses a directory that another process holds, and takes it when that process is gone', async () => {
    const first = await open()
    await putAll(first, { a: '1' })
    await first.close()
    const script = `${openBare}.then(() => console.log('open'), (e) => console.log(e)); setInterval(() => {}, 1000)`
    // The bare binding must name the families of a RocksDB.
    const families = `{columnFamilies: ['__engine', 'alpha']}`
    const child = spawn(
      process.execPath,
      ['-e', script.replace('(process.argv[1])', `(process.argv[1], ${families})`), directory],
      {
        cwd: root,
      },
    )
    const said = await new Promise<string>((resolve) => child.stdout.once('data', (data) => resolve(String(data))))
    expect(said.trim()).toBe('open')
    await expect(open()).rejects.toMatchObject({ code: 'ENGINE_LOCKED', details: { directory } })
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
    expect(await keysOf(await open())).toEqual(['a'])
  })

  it('keeps what was flushed when the log is lost, as at a loss of power, in all families', async () => {
    const engine = await open()
    await fill(engine, 500, 100)
    await putAll(engine, { a: '1' }, 'alpha')
    await engine.flush()
    const copy = await cutCopy()
    await engine.close({ flush: false })
    directory = copy
    const again = await open()
    expect(await keysOf(again)).toHaveLength(500)
    expect(await keysOf(again, { columnFamily: 'alpha' })).toEqual(['a'])
  })

  it('says so when what it is to flush finds no place', async () => {
    const engine = await open()
    await putAll(engine, { a: '1' })
    const suffix = name === 'rocks' ? 'sst' : 'ldb'
    // Whatever number the next table file gets, something is there already.
    for (let number = 1; number <= 50; number += 1) {
      await mkdir(join(directory, `${String(number).padStart(6, '0')}.${suffix}`))
    }
    await expect(engine.flush()).rejects.toMatchObject({ code: 'ENGINE_IO' })
  })

  it('says so when a table file is damaged, and does not end the walk as if nothing were missing', async () => {
    const engine = await open()
    await fill(engine, 5000, 100)
    await engine.close()
    for (const file of await readdir(directory)) {
      if (!tableFile.test(file)) continue
      const table = await readFile(join(directory, file))
      if (table.length > 10_000) await writeFile(join(directory, file), table.fill(7, 3000, 6000))
    }
    const again = await open()
    const iterator = again.iterate()
    const walk = async (): Promise<void> => {
      for (let page = await iterator.nextPage(); page.length > 0; page = await iterator.nextPage());
    }
    await expect(walk()).rejects.toMatchObject({ code: 'ENGINE_CORRUPTION' })
    await expect(iterator.next()).rejects.toMatchObject({ code: 'ENGINE_CORRUPTION' })
    const keys = Array.from({ length: 5000 }, (_, number) => numberKey(number))
    await expect(again.getMany(keys)).rejects.toMatchObject({ code: 'ENGINE_CORRUPTION' })
  })

  it('does not open a directory without sense, and lets go of it', async () => {
    const engine = await open()
    await fill(engine, 100, 100)
    await engine.close()
    const manifest = (await readdir(directory)).find((file) => file.startsWith('MANIFEST')) as string
    const sound = await readFile(join(directory, manifest))
    await writeFile(join(directory, manifest), 'not a manifest')
    await expect(open()).rejects.toMatchObject({ code: 'ENGINE_OPEN_FAILED', details: { directory } })
    await writeFile(join(directory, manifest), sound)
    expect(await keysOf(await open())).toHaveLength(100)
  })

  it('refuses names that cannot be families', async () => {
    for (const family of ['', '__engine', '1st', 'a b', 'a,b', 'x'.repeat(64)]) {
      await expect(open([family])).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
    }
    await expect(open(Array.from({ length: 128 }, (_, index) => `f${index}`))).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    })
  })

  /** A copy of the directory, as it is now, with empty logs. */
  async function cutCopy(): Promise<string> {
    const copy = join(place, 'copy')
    await cp(directory, copy, { recursive: true })
    for (const file of await readdir(copy)) if (/^\d+\.log$/.test(file)) await truncate(join(copy, file), 0)
    return copy
  }
})

describe('the LevelDB engine', () => {
  it('refuses a LevelDB of another program', async () => {
    const directory = await temporaryDirectory()
    const { ClassicLevel } = await import('classic-level')
    const foreign = new ClassicLevel(directory)
    await foreign.put('a', 'b')
    await foreign.close()
    const open = (): Promise<RawEngine> => RawLevelEngine.open({ directory, disk: new RealDisk() })
    await expect(open()).rejects.toMatchObject({ code: 'ENGINE_OPEN_FAILED' })
    await expect(open()).rejects.toThrow(/another program/)
    await rm(directory, { recursive: true })
  })

  it('resolves a large delete range in one batch with what surrounds it', async () => {
    const directory = await temporaryDirectory()
    const engine = await RawLevelEngine.open({ directory, disk: new RealDisk() })
    await fill(engine, 20_000, 10)
    await engine.write(new RawWriteBatch().deleteRange({}).put(bytes('after'), bytes('1')))
    expect(await keysOf(engine)).toEqual(['after'])
    await engine.close()
    await rm(directory, { recursive: true })
  })
})
