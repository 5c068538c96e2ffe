import { describe, expect, it } from 'vitest'
import { launch } from '../../../src-main/headless/launcher/launch'
import type { LaunchParts } from '../../../src-main/headless/launcher/launch'
import type { LaunchContext } from '../../../src-main/headless/launcher/launch-context'
import type { Runtime } from '../../../src-main/headless/launcher/runtime'
import { createFakeProject } from './support/fake-project'

const runtime: Runtime = { source: 'installed', path: '/electron', version: '45.0.0', description: 'Using it.' }

/** A launcher whose effects are only written down. */
const setUp = (changes: Partial<LaunchContext> = {}, parts: Partial<LaunchParts> = {}) => {
  const project = createFakeProject()
  const done: string[] = []
  const write =
    (what: string, status: number) =>
    (_context: LaunchContext, args: readonly string[], onStarted?: () => void): Promise<number> => {
      done.push([what, ...args].join(' '))
      onStarted?.()
      return Promise.resolve(status)
    }
  const window = (what: string): LaunchParts['launchElectron'] => {
    return async (context, { path }, args, onStarted) => {
      return { status: await write(`${what} ${path}`, 3)(context, args, onStarted), failure: null }
    }
  }
  const all: LaunchParts = {
    findRuntime: () => Promise.resolve({ runtime, reasons: [] }),
    launchElectron: window('window'),
    developInWindow: window('develop in window'),
    launchHeadless: write('serve', 4),
    developInBrowser: write('develop in browser', 5),
    checkNativePackages: () => done.push('check native packages'),
    print: (text) => done.push(text),
    ...parts,
  }
  return { project, done, run: (...args: string[]) => launch(project.context(changes), args, all) }
}
const noRuntime: Partial<LaunchParts> = {
  findRuntime: () =>
    Promise.resolve({
      runtime: null,
      reasons: [
        { step: 'override', sentence: 'None is named.', wasSaid: false },
        { step: 'downloaded', sentence: 'It was refused.', wasSaid: true },
      ],
    }),
}
const noDisplay: Partial<LaunchContext> = { env: { DISPLAY: '' } }

describe('npm start', () => {
  it('opens the window, says which Electron it took, and ends as it ends', async () => {
    const { run, done, project } = setUp()
    expect(await run('--workspace', 'here')).toBe(3)
    expect(done).toEqual(['window /electron --workspace here', 'check native packages'])
    expect(project.said).toEqual(['Using it.'])
  })

  it('serves to a browser without a display, and does not even look for an Electron', async () => {
    const { run, done, project } = setUp(noDisplay, { findRuntime: () => expect.unreachable('it looks') })
    expect(await run()).toBe(4)
    expect(done).toEqual(['serve', 'check native packages'])
    expect(project.said.join('\n')).toMatch(/no display here .* xvfb-run -a npm start/)
  })

  it.each([{ DISPLAY: '', WAYLAND_DISPLAY: 'wayland-0' }, { DISPLAY: ':0' }])('takes %o for a display', async (env) => {
    const { run, done } = setUp({ env })
    await run()
    expect(done[0]).toBe('window /electron')
  })

  it.each(['darwin', 'win32'] as const)('takes a display for granted on %s', async (platform) => {
    const { run, done } = setUp({ ...noDisplay, platform })
    await run()
    expect(done[0]).toBe('window /electron')
  })

  it('serves to a browser without an Electron, and gives every reason once', async () => {
    const { run, done, project } = setUp({}, noRuntime)
    expect(await run()).toBe(4)
    expect(done[0]).toBe('serve')
    expect(project.said).toEqual([
      'No Electron can be had here, so the screens are served to a browser:',
      '  - None is named.',
    ])
  })

  it('serves to a browser when the Electron does not run on this machine', async () => {
    const failure = { sentence: 'A library is missing. Install it.' }
    const { run, done, project } = setUp({}, { launchElectron: () => Promise.resolve({ status: 127, failure }) })
    expect(await run()).toBe(4)
    expect(done[0]).toBe('serve')
    expect(project.said).toContain('A library is missing. Install it.')
  })

  it('serves to a browser on request, at the given port', async () => {
    const { run, done } = setUp()
    await run('--headless', '--port', '8080', '--workspace', 'here')
    expect(done[0]).toBe('serve --port 8080 --workspace here')
  })

  it.each(['x', '70000', '-1', '1.5', ''])('refuses the port %j with a sentence', async (port) => {
    const { run, done, project } = setUp()
    expect(await run('--headless', `--port=${port}`)).toBe(2)
    expect(done).toEqual([])
    expect(project.said.join()).toContain('--port takes a number from 0 to 65535')
  })

  it('refuses a port without a number', async () => {
    expect(await setUp().run('--port')).toBe(2)
  })
})

describe('npm run dev', () => {
  it('develops in the window', async () => {
    const { run, done } = setUp()
    expect(await run('--dev', '--flag')).toBe(3)
    expect(done[0]).toBe('develop in window /electron --flag')
  })

  it('develops in the browser without a display', async () => {
    const { run, done } = setUp(noDisplay)
    expect(await run('--dev', '--port=0')).toBe(5)
    expect(done).toEqual(['develop in browser --port 0'])
  })
})

describe('--print-runtime', () => {
  it('prints the runtime as JSON, whether or not there is a display', async () => {
    const { run, done } = setUp(noDisplay)
    expect(await run('--print-runtime')).toBe(0)
    expect(JSON.parse(done.join())).toEqual(runtime)
  })

  it('prints the reasons and fails when there is none', async () => {
    const { run, done } = setUp({}, noRuntime)
    expect(await run('--print-runtime')).toBe(1)
    expect(JSON.parse(done.join())).toMatchObject({
      path: null,
      reasons: [{ step: 'override' }, { step: 'downloaded' }],
    })
  })
})

it('prints its manual', async () => {
  const { run, done } = setUp()
  expect(await run('--help')).toBe(0)
  expect(done.join()).toContain('--headless')
})
