import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { toDiskPath } from '../../src-main/sandbox/disk-path'
import { realEnv } from '../../src-main/sandbox/host-env'
import type { Env } from '../../src-main/sandbox/host-env'
import { parseCommandLine } from '../../src-main/headless/command-line'
import { serve } from '../../src-main/headless/serve'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sandbox-serve-'))
})
afterEach(() => {
  rmSync(directory, { recursive: true, force: true })
})

const workspace = () => join(directory, 'workspace')

function serveHere(env: Env, stopping: AbortSignal) {
  const command = parseCommandLine(['serve', '--base-port', '0', '--workspace', workspace()])
  if (command.kind !== 'serve') throw new Error('That was not the command to serve.')
  const nowhere = join(directory, 'nowhere')
  return serve(
    env,
    {
      bindHost: '127.0.0.1',
      port: 0,
      start: command.start,
      surroundings: { environment: {}, workingDirectory: directory, userDataDirectory: join(directory, 'user') },
      rendererDirectory: nowhere,
      entries: { worker: join(nowhere, 'worker.cjs'), process: join(nowhere, 'process.cjs') },
      lessonsDirectory: nowhere,
      report: (error) => {
        throw error
      },
      onLog: () => undefined,
    },
    stopping,
  )
}

/** The machine, with something that happens when a workspace is taken. */
function envWith(onLock: () => void): Env {
  const env = realEnv()
  const disk = new Proxy(env.disk, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      if (name === 'lock') onLock()
      return member.bind(target) as unknown
    },
  })
  return { ...env, disk }
}

/** The phases of the session, from the log. */
function phases(): readonly string[] {
  const logs = join(directory, 'user', 'logs')
  if (!existsSync(logs)) return []
  return readdirSync(logs)
    .flatMap((name) => readFileSync(join(logs, name), 'utf8').trimEnd().split('\n'))
    .flatMap((line) => {
      const { event, phase } = JSON.parse(line) as { readonly event: string; readonly phase: string }
      return event === 'session.phase' ? [phase] : []
    })
}

describe('a host that is to end before it serves', () => {
  it('opens nothing if it knows before', async () => {
    await expect(serveHere(realEnv(), AbortSignal.abort())).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(existsSync(workspace())).toBe(false)
  })

  it('lets go of the workspace that it is just taking', async () => {
    const stopping = new AbortController()
    const env = envWith(() => stopping.abort())
    await expect(serveHere(env, stopping.signal)).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(phases()).toEqual(['starting', 'starting', 'closing', 'closed'])
    // Nobody holds it: whoever comes next gets it.
    const lock = await realEnv().disk.lock(toDiskPath(workspace()))
    await lock.release()
  })
})
