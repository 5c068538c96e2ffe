import { mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CommandLine } from './support'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dingo-command-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const SMALL = ['--coordinators', '1', '--stores', '1', '--engine', 'memory', '--mount', 'inline', '--base-port', '0']

describe('the command cluster', () => {
  it('that is interrupted before the cluster is ready ends it, prints no line, and says so with its exit status', async () => {
    const line = new CommandLine()
    line.interrupt.abort()
    const { status, stdout, stderr } = await line.run('cluster', ...SMALL, '--data-dir', directory)
    expect({ status, stdout }).toEqual({ status: 130, stdout: '' })
    expect(stderr).toMatch(/^Giving up the start/)
    // Nobody holds the folder any more.
    expect(await readdir(directory)).not.toContain('.sandbox-lock')
  })

  it('ends when its folder is moved while it runs, and says why', async () => {
    const line = new CommandLine()
    const moved = `${directory}-moved`
    line.onWrite = () => rename(directory, moved)
    try {
      const { status, stdout, stderr } = await line.run('cluster', ...SMALL, '--data-dir', directory)
      expect({ status, directory: (JSON.parse(stdout) as { directory: string }).directory }).toEqual({
        status: 1,
        directory,
      })
      expect(stderr.split('\n').at(-1)).toMatch(/^WORKSPACE_GONE: The folder .* is gone/)
    } finally {
      await rm(moved, { recursive: true, force: true })
    }
  })

  it('refuses a folder that holds another cluster', async () => {
    const line = new CommandLine()
    line.interrupt.abort()
    await line.run('cluster', ...SMALL, '--data-dir', directory)
    const refused = await line.run('cluster', '--stores', '2', '--mount', 'inline', '--data-dir', directory)
    expect(refused).toMatchObject({ status: 1, stdout: '' })
    expect(refused.stderr).toMatch(/^WORKSPACE_MISMATCH: .* it has 1 stores, not 2/)
  })
})
