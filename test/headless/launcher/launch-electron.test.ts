import { EventEmitter, once } from 'node:events'
import { spawn as spawnChild } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { launchElectron } from '../../../src-main/headless/launcher/launch-electron'
import { launchHeadless } from '../../../src-main/headless/launcher/launch-headless'
import type { LaunchContext, SignalHandler } from '../../../src-main/headless/launcher/launch-context'
import type { Runtime } from '../../../src-main/headless/launcher/runtime'
import { createFakeProject } from './support/fake-project'

/** An "Electron" that is a script of a shell. */
const setUp = (script: string) => {
  const project = createFakeProject()
  const path = project.write('electron', `#!/bin/sh\n${script}\n`, 0o755)
  const runtime: Runtime = { source: 'override', path, version: null, description: '' }
  return {
    project,
    start: (changes: Partial<LaunchContext> = {}, args: readonly string[] = [], onStarted?: () => void) =>
      launchElectron(project.context(changes), runtime, args, onStarted),
  }
}

describe('the launch of Electron', () => {
  it('names the project as the app and then the arguments', async () => {
    const { project, start } = setUp('echo "$@" >&2')
    await start({}, ['--workspace', 'here'])
    expect(project.said).toEqual([`${project.projectDir} --workspace here`])
  })

  it.each([
    ['linux', true, true],
    ['linux', false, false],
    ['darwin', true, false],
  ] as const)('on %s, as root: %s, forgoes the sandbox: %s', async (platform, isRoot, expected) => {
    const { project, start } = setUp('echo "$@" >&2')
    await start({ platform, isRoot })
    expect(project.said.join().includes('--no-sandbox')).toBe(expected)
  })

  it('does not hand down the switch that makes an Electron a plain Node', async () => {
    const { project, start } = setUp('echo "[$ELECTRON_RUN_AS_NODE]" >&2')
    await start({ env: { ELECTRON_RUN_AS_NODE: '1' } })
    expect(project.said).toEqual(['[]'])
  })

  it('hides the noise of Chromium and keeps the rest', async () => {
    const { project, start } = setUp(
      [
        'echo "[94:1122/161751.29:ERROR:bus.cc(399)] Failed to connect to the bus: no such file" >&2',
        'echo "[94:1122/161751.29:ERROR:viz_main_impl.cc(196)] Exiting GPU process due to errors" >&2',
        'echo "[94:1122/161751.29:ERROR:dbus/object_proxy.cc:577] Failed to call method" >&2',
        'echo "libva error: vaGetDriverNameByIndex() failed" >&2',
        'echo "TypeError: x is not a function" >&2',
        'echo "[94:1122/161751.29:ERROR:our_thing.cc(1)] says something" >&2',
        'printf "a last line without an end" >&2',
      ].join('\n'),
    )
    await start()
    expect(project.said).toEqual([
      'TypeError: x is not a function',
      '[94:1122/161751.29:ERROR:our_thing.cc(1)] says something',
      'a last line without an end',
    ])
  })

  it('hands on the exit status', async () => {
    expect(await setUp('exit 7').start()).toEqual({ status: 7, failure: null })
  })

  it('counts the end by a signal as a shell does', async () => {
    expect((await setUp('kill -KILL $$').start()).status).toBe(128 + 9)
  })

  it('reports that the executable cannot be started at all', async () => {
    const { project } = setUp('')
    const runtime: Runtime = { source: 'override', path: '/nowhere', version: null, description: '' }
    expect((await launchElectron(project.context(), runtime, [])).status).toBe(127)
  })
})

describe('signals', () => {
  /** Sends a signal once the child says that it listens. */
  const signalled = async (reachedChildren: boolean) => {
    const signals = new EventEmitter<{ signal: Parameters<SignalHandler> }>()
    const ready = new EventEmitter()
    const { start } = setUp('trap "exit 9" TERM\necho ready >&2\nread line\nexit 1')
    const ended = start({
      onSignal: (handle) => {
        signals.on('signal', handle)
        return () => signals.off('signal', handle)
      },
      say: () => ready.emit('ready'),
      spawn: (command, args, options) => {
        const child = spawnChild(command, args, { ...options, stdio: ['pipe', 'inherit', 'pipe'] })
        void once(ready, 'ready').then(() => {
          signals.emit('signal', 'SIGTERM', reachedChildren)
          // What ends the child where the signal must not.
          if (reachedChildren) child.stdin?.end()
        })
        return child
      },
    })
    const { status } = await ended
    return { status, listeners: signals.listenerCount('signal') }
  }

  it('are handed on, and not after the end', async () => {
    expect(await signalled(false)).toEqual({ status: 9, listeners: 0 })
  })

  it('are not doubled when the terminal has sent them to the child too', async () => {
    expect(await signalled(true)).toEqual({ status: 1, listeners: 0 })
  })
})

describe('a failure to start', () => {
  const complaint = (text: string) => setUp(`echo "${text}" >&2\nexit 127`)
  const missing = 'electron: error while loading shared libraries: libatomic.so.1: cannot open shared object file'

  it('names the missing library and the command that installs it', async () => {
    const { failure } = await complaint(missing).start()
    expect(failure?.sentence).toContain('The system library libatomic.so.1 is missing')
    expect(failure?.sentence).toMatch(/sudo apt-get install -y .*libatomic1/)
  })

  it('asks root for no sudo, and names packages beyond the usual ones', async () => {
    const { failure } = await complaint(missing.replace('libatomic.so.1', 'libcups.so.2')).start({ isRoot: true })
    expect(failure?.sentence).toMatch(/: apt-get install -y libcups2 libgtk-3-0/)
  })

  it.each([
    ['[1:1:ERROR:ozone_platform_x11.cc(240)] Missing X server or $DISPLAY', 'The display :fake does not answer'],
    ['FATAL: The SUID sandbox helper binary was found, but is not configured correctly.', 'sudo sysctl -w'],
    ["libm.so.6: version 'GLIBC_2.38' not found", 'ELECTRON_EXEC_PATH'],
  ])('explains "%s"', async (text, expected) => {
    const { failure } = await complaint(text.replace('$', '\\$')).start()
    expect(failure?.sentence).toContain(expected)
  })

  it('is not made of a program that ran for a while or that ended well', async () => {
    let nowMs = 0
    const later = () => (nowMs += 31_000)
    expect((await complaint(missing).start({ nowMs: later })).failure).toBeNull()
    expect((await setUp(`echo "${missing}" >&2`).start()).failure).toBeNull()
  })
})

it('starts the headless host with this Node', async () => {
  const project = createFakeProject()
  project.write(
    'project/out/main/headless.cjs',
    'process.exit(process.argv.slice(2).join() === "serve,--port,1" ? 6 : 1)',
  )
  expect(await launchHeadless(project.context(), ['--port', '1'])).toBe(6)
})
