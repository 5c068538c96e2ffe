import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, utimesSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { acquireLock } from '../../../src-main/headless/launcher/start/exclusive-lock.mjs'
import { createFakeProject } from './support/fake-project'

const setUp = () => {
  const project = createFakeProject()
  return { project, path: join(project.root, 'lock') }
}
const heldBy = (owner: { pid: number; host: string }): string => JSON.stringify({ ...owner, token: 'of somebody else' })

/** The pid of a process that has ended. */
const deadPid = (): number => spawnSync(process.execPath, ['-e', '']).pid

describe('the lock between processes', () => {
  it('is held by one at a time, in turn', async () => {
    const { path } = setUp()
    let holders = 0
    let mostHolders = 0
    const work = async () => {
      const lock = await acquireLock(path, { pollMs: 1 })
      mostHolders = Math.max(mostHolders, (holders += 1))
      await Promise.resolve()
      holders -= 1
      lock.release()
    }
    await Promise.all(Array.from({ length: 10 }, work))
    expect(mostHolders).toBe(1)
    expect(existsSync(path)).toBe(false)
  })

  it('says once that it waits', async () => {
    const { path } = setUp()
    const first = await acquireLock(path)
    let waits = 0
    const second = acquireLock(path, {
      pollMs: 1,
      onWait: () => {
        waits += 1
        setTimeout(first.release, 20)
      },
    })
    ;(await second).release()
    expect(waits).toBe(1)
  })

  it('passes at once from a process of this machine that died', async () => {
    const { project, path } = setUp()
    project.write('lock', heldBy({ pid: deadPid(), host: hostname() }))
    const lock = await acquireLock(path, { onWait: () => expect.unreachable('it waits for a dead process') })
    lock.release()
    expect(readdirSync(project.root).filter((name) => name.startsWith('lock'))).toEqual([])
  })

  it.each([
    ['of another machine', heldBy({ pid: 1, host: 'another' })],
    ['that died before it wrote its name', ''],
  ])('passes from a holder %s that has been silent for long, and not before', async (_name, content) => {
    const { project, path } = setUp()
    project.write('lock', content)
    let waits = 0
    const lock = await acquireLock(path, {
      pollMs: 1,
      onWait: () => {
        waits += 1
        const longAgo = new Date(Date.now() - 60_000)
        utimesSync(path, longAgo, longAgo)
      },
    })
    lock.release()
    expect(waits).toBe(1)
  })

  it('does not release what others have taken over meanwhile', async () => {
    const { project, path } = setUp()
    const lock = await acquireLock(path)
    project.write('lock', heldBy({ pid: process.pid, host: hostname() }))
    lock.release()
    expect(readFileSync(path, 'utf8')).toContain('of somebody else')
  })

  it('is renewed while it is held, so that a long work keeps it', async () => {
    const { path } = setUp()
    const lock = await acquireLock(path, { heartbeatMs: 5 })
    const longAgo = new Date(Date.now() - 60_000)
    utimesSync(path, longAgo, longAgo)
    const { statSync } = await import('node:fs')
    await expect.poll(() => statSync(path).mtimeMs).toBeGreaterThan(Date.now() - 30_000)
    lock.release()
  })
})
