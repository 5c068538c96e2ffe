import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cacheDirectory } from '../../../src-main/headless/launcher/cache-directory'
import { findRuntime, runtimeSteps } from '../../../src-main/headless/launcher/find-runtime'
import type { RuntimeStep } from '../../../src-main/headless/launcher/find-runtime'
import { findInstalledRuntime } from '../../../src-main/headless/launcher/installed-runtime'
import { findOverrideRuntime } from '../../../src-main/headless/launcher/override-runtime'
import type { RuntimeSource } from '../../../src-main/headless/launcher/runtime'
import { addElectronPackage, createFakeProject } from './support/fake-project'

describe('the order of the search', () => {
  const found = (source: RuntimeSource): RuntimeStep => {
    return () => ({ found: { source, path: `/${source}`, version: null, description: source } })
  }

  it('looks in the documented order', () => {
    expect(runtimeSteps.map(([step]) => step)).toEqual(['override', 'installed', 'downloaded', 'carried'])
  })

  it('stops at the first step that finds something', async () => {
    const project = createFakeProject()
    const search = await findRuntime(project.context(), [
      ['override', () => ({ missing: 'None is named.' })],
      ['installed', found('installed')],
      ['downloaded', () => expect.unreachable('the search goes on although it has a runtime')],
    ])
    expect(search.runtime?.source).toBe('installed')
    expect(search.reasons).toEqual([{ step: 'override', sentence: 'None is named.', wasSaid: false }])
    expect(project.said).toEqual([])
  })

  it('says what failed and goes on', async () => {
    const project = createFakeProject()
    const search = await findRuntime(project.context(), [
      ['override', () => ({ missing: 'It leads nowhere.', isNews: true })],
      ['installed', () => Promise.reject(new Error('The disk is full.'))],
      ['carried', found('carried')],
    ])
    expect(search.runtime?.source).toBe('carried')
    expect(project.said).toEqual(['It leads nowhere.', 'The disk is full.'])
  })

  it('ends without a runtime and with the reason of every step', async () => {
    const search = await findRuntime(createFakeProject().context(), [
      ['override', () => ({ missing: 'a' })],
      ['carried', () => ({ missing: 'b' })],
    ])
    expect(search.runtime).toBeNull()
    expect(search.reasons.map(({ sentence }) => sentence)).toEqual(['a', 'b'])
  })
})

describe('step 1: the override', () => {
  it('takes the named executable as it is', () => {
    const project = createFakeProject()
    const path = project.write('mine/electron', '', 0o755)
    project.write('mine/version', 'v30.1.2\n')
    const { found } = findOverrideRuntime(project.context({ env: { ELECTRON_EXEC_PATH: path } }))
    expect(found).toMatchObject({ source: 'override', path, version: '30.1.2' })
  })

  it.each([
    ['linux', 'electron'],
    ['win32', 'electron.exe'],
    ['darwin', 'Electron.app/Contents/MacOS/Electron'],
  ] as const)('finds the executable in a named distribution on %s', (platform, executable) => {
    const project = createFakeProject()
    const path = project.write(`dist/${executable}`, '', 0o755)
    project.write('dist/version', '45.0.0')
    const env = { ELECTRON_OVERRIDE_DIST_PATH: join(project.root, 'dist') }
    expect(findOverrideRuntime(project.context({ platform, env })).found).toMatchObject({ path, version: '45.0.0' })
  })

  it('says that a named executable is not there', () => {
    const result = findOverrideRuntime(
      createFakeProject().context({ env: { ELECTRON_EXEC_PATH: '/nowhere/electron' } }),
    )
    expect(result.missing).toBe(
      'ELECTRON_EXEC_PATH leads to /nowhere/electron, where there is nothing. Correct it, or unset it: unset ELECTRON_EXEC_PATH',
    )
    expect(result).toMatchObject({ isNews: true })
  })
})

describe('step 2: the installed Electron', () => {
  const installed = (changes: { pathFile?: boolean; version?: string; binary?: boolean } = {}) => {
    const project = createFakeProject()
    addElectronPackage(project, '')
    if (changes.binary !== false) project.write('project/node_modules/electron/dist/electron', '', 0o755)
    project.write('project/node_modules/electron/dist/version', changes.version ?? '45.0.0')
    if (changes.pathFile !== false) project.write('project/node_modules/electron/path.txt', 'electron')
    return findInstalledRuntime(project.context())
  }

  it('takes the Electron in the package', () => {
    expect(installed().found).toMatchObject({ source: 'installed', version: '45.0.0' })
  })

  it.each([
    ['whose unpacking was interrupted', { pathFile: false }],
    ['of another version', { version: '44.0.0' }],
    ['without its executable', { binary: false }],
  ])('does not take one %s', (_name, changes) => {
    expect(installed(changes).missing).toContain('has not downloaded Electron 45.0.0 yet')
  })

  it('names the command that installs the package', () => {
    expect(findInstalledRuntime(createFakeProject().context()).missing).toContain('npm ci')
  })
})

describe('the cache directory', () => {
  it.each([
    ['linux', {}, 'home/.cache/dingodb-store-sandbox'],
    ['linux', { XDG_CACHE_HOME: '/xdg' }, '/xdg/dingodb-store-sandbox'],
    ['darwin', {}, 'home/Library/Caches/dingodb-store-sandbox'],
    ['win32', { LOCALAPPDATA: '/local' }, '/local/dingodb-store-sandbox'],
    ['win32', {}, 'home/AppData/Local/dingodb-store-sandbox'],
    ['linux', { DINGO_SANDBOX_CACHE_DIR: '/chosen' }, '/chosen'],
  ] as const)('on %s with %o is %s', (platform, env, expected) => {
    const project = createFakeProject()
    mkdirSync(join(project.root, 'home'))
    const context = project.context({ platform, env: { DINGO_SANDBOX_CACHE_DIR: undefined, ...env } })
    expect(cacheDirectory(context)).toBe(expected.startsWith('/') ? expected : join(project.root, expected))
  })
})
