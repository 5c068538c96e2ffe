import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { downloadElectron } from '../../../src-main/headless/launcher/electron-download'
import { addElectronPackage, createFakeProject, unpackElectron } from './support/fake-project'
import type { FakeProject } from './support/fake-project'

const limits = { timeLimitMs: 30_000, stallLimitMs: 15_000, pollMs: 10 }

/** An installer that counts its runs and then fails like one that a firewall refuses. */
const refuse = (project: FakeProject): string => `
  require('node:fs').appendFileSync(${JSON.stringify(join(project.root, 'runs'))}, '.')
  console.error('TypeError: fetch failed\\n    at somewhere (file.js:1:1)')
  process.exit(1)`
const runsOf = (project: FakeProject): number => readFileSync(join(project.root, 'runs'), 'utf8').length

describe('step 3: the download', () => {
  it('runs the installer of the package and takes what it leaves', async () => {
    const project = createFakeProject()
    addElectronPackage(project, unpackElectron())
    const { found } = await downloadElectron(project.context(), limits)
    expect(found).toMatchObject({ source: 'downloaded', version: '45.0.0' })
    expect(project.said).toEqual(['Downloading Electron 45.0.0 (about 110 MB).'])
  })

  it('hands the mirror to the installer and leaves no temporary files', async () => {
    const project = createFakeProject()
    const report = join(project.root, 'report')
    addElectronPackage(
      project,
      `const { writeFileSync } = require('node:fs')
       writeFileSync(require('node:os').tmpdir() + '/partial.zip', 'half')
       writeFileSync(${JSON.stringify(report)}, process.env.ELECTRON_MIRROR)`,
    )
    await downloadElectron(project.context({ env: { ELECTRON_MIRROR: 'mirror' } }), limits)
    expect(readFileSync(report, 'utf8')).toBe('mirror')
    expect(readdirSync(project.cacheDir)).toEqual(['electron-download-refused.json'])
  })

  it('gives a refusal in one sentence', async () => {
    const project = createFakeProject()
    addElectronPackage(project, refuse(project))
    expect(await downloadElectron(project.context(), limits)).toEqual({
      missing: 'Electron 45.0.0 could not be downloaded: fetch failed.',
      isNews: true,
    })
  })

  it('ends a download to which nothing arrives', async () => {
    const project = createFakeProject()
    addElectronPackage(project, 'setInterval(() => {}, 1000)')
    const { missing } = await downloadElectron(project.context(), { ...limits, stallLimitMs: 50 })
    expect(missing).toBe('Electron 45.0.0 could not be downloaded: nothing arrived for 0 s.')
  })

  it('lets a slow download go on as long as bytes arrive', async () => {
    const project = createFakeProject()
    addElectronPackage(
      project,
      `const { appendFileSync } = require('node:fs')
       let pieces = 0
       const timer = setInterval(() => {
         appendFileSync(require('node:os').tmpdir() + '/electron.zip', 'piece')
         if (++pieces === 20) { clearInterval(timer); ${unpackElectron()} }
       }, 20)`,
    )
    // Time passes with the pieces alone, five seconds for each: more than the limit in all, never as much without one.
    const archive = join(project.cacheDir, 'electron-download.partial/electron.zip')
    const nowMs = () => (statSync(archive, { throwIfNoEntry: false })?.size ?? 0) * 1_000
    const context = project.context({ nowMs })
    expect((await downloadElectron(context, limits)).found?.source).toBe('downloaded')
  })

  it('ends a download that never gets done', async () => {
    const project = createFakeProject()
    addElectronPackage(
      project,
      `setInterval(() => require('node:fs').appendFileSync(require('node:os').tmpdir() + '/zip', 'x'), 5)`,
    )
    const { missing } = await downloadElectron(project.context(), { ...limits, timeLimitMs: 1_000 })
    expect(missing).toBe('Electron 45.0.0 could not be downloaded: it was not done after 1 s.')
  })

  it.each(['ELECTRON_SKIP_BINARY_DOWNLOAD'])('does nothing when %s is set', async (variable) => {
    const project = createFakeProject()
    addElectronPackage(project, unpackElectron())
    const { missing } = await downloadElectron(project.context({ env: { [variable]: '1' } }), limits)
    expect(missing).toContain(variable)
    expect(existsSync(join(project.projectDir, 'node_modules/electron/dist'))).toBe(false)
  })
})

describe('a refused download', () => {
  const refusedOnce = async (atMs: number) => {
    const project = createFakeProject()
    addElectronPackage(project, refuse(project))
    await downloadElectron(project.context({ nowMs: () => atMs }), limits)
    return project
  }
  const DAY_MS = 24 * 60 * 60 * 1000

  it('is not tried again for a day', async () => {
    const project = await refusedOnce(0)
    const { missing } = await downloadElectron(project.context({ nowMs: () => DAY_MS - 1 }), limits)
    expect(missing).toContain('fetch failed')
    expect(missing).toContain('DINGO_SANDBOX_RETRY_DOWNLOAD=yes npm start')
    expect(runsOf(project)).toBe(1)
    await downloadElectron(project.context({ nowMs: () => DAY_MS }), limits)
    expect(runsOf(project)).toBe(2)
  })

  it.each([
    ['on request', { DINGO_SANDBOX_RETRY_DOWNLOAD: 'yes' }],
    ['from another mirror', { ELECTRON_MIRROR: 'another' }],
  ])('is tried again %s', async (_name, env) => {
    const project = await refusedOnce(0)
    await downloadElectron(project.context({ nowMs: () => 1, env }), limits)
    expect(runsOf(project)).toBe(2)
  })

  it('is tried again when the memory of it is damaged', async () => {
    const project = await refusedOnce(0)
    project.write('cache/electron-download-refused.json', '{"subj')
    await downloadElectron(project.context({ nowMs: () => 1 }), limits)
    expect(runsOf(project)).toBe(2)
  })
})
