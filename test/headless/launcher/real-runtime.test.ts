import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { TestContext } from 'vitest'
import { carriedPackage } from '../../../src-main/headless/launcher/carried-package'
import { findCarriedRuntime } from '../../../src-main/headless/launcher/carried-runtime'
import { hasDisplay } from '../../../src-main/headless/launcher/display'
import { createLaunchContext } from '../../../src-main/headless/launcher/launch-context'
import { sandboxArgs } from '../../../src-main/headless/launcher/launch-electron'
import { runProcess } from '../../../src-main/headless/launcher/run-process'
import type { ProcessResult } from '../../../src-main/headless/launcher/run-process'
import type { RuntimeStepResult } from '../../../src-main/headless/launcher/runtime'
import { createFakeProject, repositoryDir } from './support/fake-project'

/** The first run fetches more than a hundred megabytes. */
const FETCH_TIMEOUT_MS = 20 * 60_000

const context = createLaunchContext(repositoryDir)
let carried: RuntimeStepResult

beforeAll(async () => {
  carried = await findCarriedRuntime(context)
}, FETCH_TIMEOUT_MS)

/** The runtime, or a skipped test with the reason. */
function requireRuntime({ skip }: TestContext): string {
  return carried.found?.path ?? skip(`The carried runtime cannot be had here: ${carried.missing ?? ''}`)
}

function run(
  command: string,
  args: readonly string[],
  env: Record<string, string>,
  cwd: string,
): Promise<ProcessResult> {
  return runProcess(context, command, args, { cwd, env: { ...context.env, ...env }, timeLimitMs: 60_000 })
}

/** Runs the runtime with a display, the real one or a virtual one, and a configuration directory of its own. */
async function runWithDisplay(test: TestContext, args: readonly string[], cwd: string): Promise<ProcessResult> {
  const runtime = requireRuntime(test)
  const isOnPath = (name: string): boolean =>
    (context.env['PATH'] ?? '').split(delimiter).some((directory) => existsSync(join(directory, name)))
  const env = { XDG_CONFIG_HOME: join(cwd, 'configuration') }
  if (hasDisplay(context)) return run(runtime, args, env, cwd)
  if (!isOnPath('xvfb-run')) test.skip('There is no display and no xvfb-run. Install it: apt-get install -y xvfb')
  return run('xvfb-run', ['-a', runtime, ...args], env, cwd)
}

describe('the carried runtime, for real', () => {
  it('is the Electron that it is said to be', async (test) => {
    const { code, stdout } = await run(
      requireRuntime(test),
      ['-p', 'process.versions.electron'],
      { ELECTRON_RUN_AS_NODE: '1' },
      repositoryDir,
    )
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${carriedPackage.electronVersion}\n` })
  })

  it('runs an app as if it had been built around it', async (test) => {
    const project = createFakeProject()
    project.write('app/package.json', '{ "name": "an-app", "version": "1.2.3", "main": "main.cjs" }')
    project.write('app/preload.js', 'globalThis.preloadedBefore = true')
    project.write(
      'app/main.cjs',
      `const { app } = require('electron')
       console.log('FACTS ' + JSON.stringify({
         name: app.getName(), version: app.getVersion(), path: app.getAppPath(), userData: app.getPath('userData'),
         isPackaged: app.isPackaged, defaultApp: process.defaultApp, preloadedBefore: globalThis.preloadedBefore,
         args: process.argv.slice(-2),
       }))
       app.whenReady().then(() => app.exit(7))`,
    )
    const args = ['-r', './app/preload.js', ...sandboxArgs(context), './app', '--flag', 'value']
    const { code, stdout, stderr } = await runWithDisplay(test, args, project.root)
    const facts = /^FACTS (.*)$/m.exec(stdout)?.[1]
    expect(facts, stderr).toBeDefined()
    expect(JSON.parse(facts ?? '')).toEqual({
      name: 'an-app',
      version: '1.2.3',
      path: join(project.root, 'app'),
      userData: join(project.root, 'configuration/an-app'),
      isPackaged: false,
      defaultApp: true,
      preloadedBefore: true,
      args: ['--flag', 'value'],
    })
    expect(code).toBe(7)
  })

  it.for([
    ['without an app', [], /No app was named/],
    ['with an app that is not there', ['./nowhere'], /The app at .*nowhere did not start/],
  ] as const)('says what is wrong %s, and ends', async ([, args, expected], test) => {
    const project = createFakeProject()
    const { code, stderr } = await runWithDisplay(test, [...sandboxArgs(context), ...args], project.root)
    expect(stderr).toMatch(expected)
    expect(code).toBe(1)
  })
})
