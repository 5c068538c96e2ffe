import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync, rmSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createFakeProject, repositoryDir } from './support/fake-project'

/** A project with the real start script, a builder that counts its runs, and a launcher that prints its arguments. */
const setUp = (builder = '') => {
  const project = createFakeProject()
  cpSync(join(repositoryDir, 'src-main/headless'), join(project.projectDir, 'src-main/headless'), { recursive: true })
  const packages = {
    '': {},
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b': { version: '2.0.0', optional: true },
  }
  project.write('project/package-lock.json', JSON.stringify({ packages }))
  project.write('project/src-renderer/index.html', 'page')
  const installed = (installedPackages: Record<string, { version: string }>) =>
    project.write('project/node_modules/.package-lock.json', JSON.stringify({ packages: installedPackages }))
  installed({ 'node_modules/a': { version: '1.0.0' } })
  project.write(
    'project/node_modules/electron-vite/bin/electron-vite.js',
    `const { appendFileSync, mkdirSync, writeFileSync } = require('node:fs')
     appendFileSync('builds', '.')
     ${builder}
     for (const file of ['main/electron.cjs', 'main/headless.cjs', 'preload/preload.cjs', 'renderer/index.html', 'main/launcher.cjs', 'main/dingo-sandbox.cjs']) {
       mkdirSync('out/' + file.split('/')[0], { recursive: true })
       writeFileSync('out/' + file, 'console.log("launcher", process.argv.slice(2).join(" "))')
     }`,
  )
  return {
    project,
    installed,
    start: (args: string[] = [], nodeOptions: string[] = []) => {
      const script = join(project.projectDir, 'src-main/headless/start.mjs')
      const { status, stdout, stderr } = spawnSync(process.execPath, [...nodeOptions, script, ...args], {
        encoding: 'utf8',
        cwd: project.root,
      })
      return { status, stdout, stderr }
    },
    builds: () => {
      const log = join(project.projectDir, 'builds')
      return existsSync(log) ? readFileSync(log, 'utf8').length : 0
    },
  }
}

describe('the start script', () => {
  it('builds, then runs the launcher with the arguments', () => {
    const { start, builds } = setUp()
    const { status, stdout, stderr } = start(['--headless', 'x'])
    expect(stdout).toBe('launcher --headless x\n')
    expect(stderr).toMatch(/^Building the program: .*\nBuilt in [\d.]+ s\.\n$/)
    expect(status).toBe(0)
    expect(builds()).toBe(1)
  })

  it('turns away an old Node with a sentence', () => {
    const { start, builds } = setUp()
    const pretend = "Object.defineProperty(process.versions, 'node', { value: '20.18.3' })"
    const { status, stderr } = start([], ['--import', `data:text/javascript,${encodeURIComponent(pretend)}`])
    expect(stderr).toMatch(/^Node 20\.19 or newer is needed, and this is Node 20\.18\.3\. .*nvm install 22\n$/)
    expect(status).toBe(1)
    expect(builds()).toBe(0)
  })

  it('asks for npm ci when packages are not installed', () => {
    const { start, project } = setUp()
    rmSync(join(project.projectDir, 'node_modules'), { recursive: true })
    const { status, stderr } = start()
    expect(stderr).toBe('The packages of this program are not installed. Run: npm ci\n')
    expect(status).toBe(1)
  })

  it.each([
    [
      'is of another version',
      { 'node_modules/a': { version: '0.9.0' } },
      'node_modules/a is 0.9.0 and should be 1.0.0',
    ],
    ['is missing', {}, 'node_modules/a is missing'],
    [
      'is an optional one of another version',
      { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '1.0.0' } },
      'node_modules/b is 1.0.0',
    ],
  ])('asks for npm ci when a package %s', (_name, packages, expected) => {
    const { start, installed } = setUp()
    installed(packages)
    const { status, stderr } = start()
    expect(stderr).toContain(expected)
    expect(stderr).toContain('Run: npm ci')
    expect(status).toBe(1)
  })

  it('shows what the compiler says when the build fails, and builds again the next time', () => {
    const { start, builds } = setUp(
      'console.error("main.ts:3: Unexpected token\\n    at inside the compiler"); process.exit(1)',
    )
    const { status, stderr } = start()
    expect(stderr).toContain('main.ts:3: Unexpected token\nThe build failed. To see all of it, run: npm run build')
    expect(status).toBe(1)
    start()
    expect(builds()).toBe(2)
  })
})

describe('whether to build', () => {
  const builtOnce = () => {
    const all = setUp()
    all.start()
    return all
  }

  it('does not when nothing changed', () => {
    const { start, builds } = builtOnce()
    expect(start()).toEqual({ status: 0, stdout: 'launcher \n', stderr: '' })
    expect(builds()).toBe(1)
  })

  it.each([
    ['a source changed', 'src-renderer/index.html', 'another page'],
    ['a source was added', 'src-main/new.ts', ''],
    ['an input that did not exist appears', 'proto/new.proto', ''],
    ['the configuration appears', 'electron.vite.config.ts', ''],
  ])('does when %s', (_name, path, content) => {
    const { start, builds, project } = builtOnce()
    project.write(`project/${path}`, content)
    start()
    expect(builds()).toBe(2)
  })

  it('does when a source of the same size has another time', () => {
    const { start, builds, project } = builtOnce()
    utimesSync(join(project.projectDir, 'src-renderer/index.html'), 1, 1)
    start()
    expect(builds()).toBe(2)
  })

  it.each(['out', 'out/preload', 'out/.build-stamp'])('does when %s is gone', (path) => {
    const { start, builds, project } = builtOnce()
    rmSync(join(project.projectDir, path), { recursive: true })
    start()
    expect(builds()).toBe(2)
  })

  it.each(['--help', '--print-runtime'])('does not for %s as long as there is any build', (option) => {
    const { start, builds, project } = builtOnce()
    project.write('project/src-renderer/index.html', 'another page')
    expect(start([option]).stdout).toBe(`launcher ${option}\n`)
    expect(builds()).toBe(1)
  })

  it('waits for a start that is building, and uses its build', async () => {
    const { project, builds } = setUp()
    const { buildWhenStale } = await import('../../../src-main/headless/launcher/start/project-build.mjs')
    const said: string[] = []
    const build = () => buildWhenStale(project.projectDir, { say: (sentence) => said.push(sentence) })
    expect((await Promise.all([build(), build()])).sort()).toEqual([false, true])
    expect(builds()).toBe(1)
    expect(said).toContain('Waiting for another start of this program, which is building it.')
  })
})
