import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { ChangeQueue } from '../../../src-main/headless/launcher/change-queue'
import { developInBrowser } from '../../../src-main/headless/launcher/dev-browser'
import type { DevelopmentParts } from '../../../src-main/headless/launcher/dev-browser'
import type { SignalHandler } from '../../../src-main/headless/launcher/launch-context'
import { createFakeProject } from './support/fake-project'

describe('gathered changes', () => {
  it('come as one batch once it is quiet, and the later ones as the next', async () => {
    const queue = new ChangeQueue<string>(1)
    queue.add('a')
    queue.add('b')
    queue.add('a')
    expect([...((await queue.next()) ?? [])]).toEqual(['a', 'b'])
    const next = queue.next()
    queue.add('c')
    expect([...((await next) ?? [])]).toEqual(['c'])
  })

  it('end even when some are left', async () => {
    const queue = new ChangeQueue<string>(1)
    queue.add('a')
    queue.end()
    expect(await queue.next()).toBeNull()
  })
})

/** Development with a host that writes down its starts and ends, and with changes on command. */
const setUp = (build: DevelopmentParts['build'] = () => Promise.resolve(true)) => {
  const project = createFakeProject()
  const log = join(project.root, 'host.log')
  project.write(
    'project/out/main/headless.cjs',
    `const { appendFileSync } = require('node:fs')
     const log = (text) => appendFileSync(${JSON.stringify(log)}, text + '\\n')
     process.on('SIGTERM', () => { log('end'); process.exit(0) })
     setInterval(() => {}, 1000)
     log('start ' + process.argv.slice(2).join(' '))`,
  )
  let signal: SignalHandler = () => undefined
  let change: (place: string) => void = () => undefined
  const context = project.context({
    onSignal: (handle) => {
      signal = handle
      return () => undefined
    },
  })
  const watchSources: DevelopmentParts['watchSources'] = (_context, onChange) => {
    change = onChange
    return () => undefined
  }
  const ended = developInBrowser(context, ['--port', '1'], { watchSources, build })
  const hostLog = (): string[] => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [])
  return {
    project,
    change: (place: string) => {
      change(place)
    },
    end: () => {
      signal('SIGTERM', false)
      return ended
    },
    hostLog,
    untilHostLog: (...lines: string[]) => vi.waitFor(() => expect(hostLog()).toEqual(lines), { timeout: 20_000 }),
    untilSaid: (text: string) => vi.waitFor(() => expect(project.said.join('\n')).toContain(text), { timeout: 20_000 }),
  }
}

describe('development in the browser', () => {
  const started = 'start serve --port 1'

  it('serves, and ends the host when it is ended', async () => {
    const development = setUp()
    await development.untilHostLog(started)
    expect(await development.end()).toBe(0)
    expect(development.hostLog()).toEqual([started, 'end'])
  })

  it('restarts the host after a change of what it is made of', async () => {
    const development = setUp()
    await development.untilHostLog(started)
    development.change('src-renderer')
    development.change('src-main')
    await development.untilHostLog(started, 'end', started)
    await development.end()
  })

  it('leaves the host running after a change of the pages alone', async () => {
    const development = setUp()
    await development.untilHostLog(started)
    development.change('src-renderer')
    await development.untilSaid('reload them')
    await development.end()
    expect(development.hostLog()).toEqual([started, 'end'])
  })

  it('leaves the last good build running when a build fails', async () => {
    const development = setUp(() => Promise.reject(Object.assign(new Error(), { sentence: 'main.ts:3 is wrong.' })))
    await development.untilHostLog(started)
    development.change('src-main')
    await development.untilSaid('main.ts:3 is wrong.\nThe last good build keeps running.')
    await development.end()
    expect(development.hostLog()).toEqual([started, 'end'])
  })

  it('says that the host has failed, and starts it again after the next change', async () => {
    const development = setUp()
    await development.untilHostLog(started)
    const good = readFileSync(join(development.project.projectDir, 'out/main/headless.cjs'), 'utf8')
    writeFileSync(join(development.project.projectDir, 'out/main/headless.cjs'), 'process.exit(5)')
    development.change('src-main')
    await development.untilSaid('The host ended with status 5')
    writeFileSync(join(development.project.projectDir, 'out/main/headless.cjs'), good)
    development.change('src-main')
    await development.untilHostLog(started, 'end', started)
    await development.end()
  })
})
