import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createRawEngineRegistry } from '../../src-main/sandbox/raw-engine-registry'
import { rawEngines } from '../../src-main/sandbox/raw-engines'

const failing = (thrown: unknown) =>
  createRawEngineRegistry([
    { name: 'rocksdb', package: 'rocksdb-native', version: '1.0.0', load: () => Promise.reject(thrown) },
    { name: 'memory', package: null, version: '1.0.0', load: () => Promise.resolve() },
  ])

describe('which raw engines there are', () => {
  it('RocksDB first, as the default', () => {
    expect(rawEngines.map(({ name }) => name)).toEqual(['rocksdb', 'level', 'memory'])
  })

  it('names the versions that are installed', () => {
    const require = createRequire(import.meta.url)
    for (const { package: name, version } of rawEngines) {
      if (name === null) continue
      const manifest = join(dirname(require.resolve(name)), 'package.json')
      expect(JSON.parse(readFileSync(manifest, 'utf8'))).toMatchObject({ name, version })
    }
  })

  it('loads nothing before it is asked, and each engine once', async () => {
    let loads = 0
    const load = () => Promise.resolve(++loads)
    const registry = createRawEngineRegistry([{ name: 'level', package: 'classic-level', version: '1', load }])
    expect(loads).toBe(0)
    const [first, second] = await Promise.all([registry.statuses(), registry.statuses()])
    expect(second).toBe(first)
    expect(loads).toBe(1)
  })
})

describe('a raw engine that does not load', () => {
  it('does not keep the others from loading', async () => {
    const statuses = await failing(new Error('no')).statuses()
    expect(statuses).toMatchObject([{ error: { code: 'ENGINE_NOT_AVAILABLE' } }, { name: 'memory', error: null }])
  })

  it('names the library that is missing and the command that installs it, however deep the reason lies', async () => {
    const linker = new Error('libatomic.so.1: cannot open shared object file: No such file or directory')
    const [status] = await failing(new Error("Cannot load addon 'file:///x.node'", { cause: linker })).statuses()
    expect(status?.error?.message).toContain('sudo apt-get install libatomic1')
    expect(status?.error?.details).toMatchObject({
      package: 'rocksdb-native',
      problem: 'missing-library',
      library: 'libatomic.so.1',
      debianPackage: 'libatomic1',
    })
  })

  it('names a library whose package it does not know', async () => {
    const [status] = await failing(new Error('libfoo.so.7: cannot open shared object file: No such file')).statuses()
    expect(status?.error?.details).toMatchObject({
      problem: 'missing-library',
      library: 'libfoo.so.7',
      debianPackage: null,
    })
    expect(status?.error?.message).toContain('libfoo.so.7')
  })

  it.each([
    "Cannot find addon '.' imported from 'file:///x/binding.js'",
    "Cannot find package 'rocksdb-native' imported from /x",
    'No native build was found for platform=linux',
  ])('says that it is not installed, or not for this machine: %s', async (words) => {
    const [status] = await failing(new Error(words)).statuses()
    expect(status?.error?.details).toMatchObject({ problem: 'not-installed' })
    expect(status?.error?.message).toContain('npm ci')
  })

  it('keeps the words of the loader when it knows no better', async () => {
    const [status] = await failing('invalid ELF header').statuses()
    expect(status?.error?.details).toMatchObject({ problem: 'other', words: 'invalid ELF header' })
  })
})
