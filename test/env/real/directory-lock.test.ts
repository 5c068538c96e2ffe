import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { LOCK_FILE_NAME, RealDisk } from '../../../src-main/env/real'
import type { ProcessIdentity } from '../../../src-main/env/real/process-identity'
import { mayBeAlive, ownIdentity } from '../../../src-main/env/real/process-identity'

/** Another process that takes and releases locks on request. */
class Holder {
  readonly child: ChildProcessWithoutNullStreams
  readonly #lines: AsyncIterator<string>

  constructor(script: string) {
    this.child = spawn(process.execPath, [script])
    this.child.stderr.pipe(process.stderr)
    this.#lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]()
  }

  async says(): Promise<string> {
    const { value, done } = await this.#lines.next()
    return done === true ? 'nothing' : value
  }

  async asked(line: string): Promise<string> {
    this.child.stdin.write(`${line}\n`)
    return this.says()
  }

  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const exit = once(this.child, 'exit')
    this.child.kill('SIGKILL')
    await exit
  }
}

describe('the lock of a directory, between processes', () => {
  let scripts: string
  let script: string
  let directory: string
  const holders: Holder[] = []
  const disk = new RealDisk()

  beforeAll(async () => {
    scripts = await mkdtemp(join(tmpdir(), 'lock-holder-'))
    const root = resolve(import.meta.dirname, '../../..')
    const runner = pathToFileURL(resolve(root, 'test/support/run-typescript.mjs')).href
    const entry = resolve(root, 'test/env/real/lock-holder.ts')
    script = join(scripts, 'holder.mjs')
    await writeFile(
      script,
      `import { runTypeScript } from ${JSON.stringify(runner)}\nawait runTypeScript(${JSON.stringify(entry)}, [])\n`,
    )
  })
  afterAll(() => rm(scripts, { recursive: true, force: true }))
  beforeEach(async () => {
    directory = (await mkdtemp(join(tmpdir(), 'locked-'))).replaceAll('\\', '/')
  })
  afterEach(async () => {
    await Promise.all(holders.splice(0).map((holder) => holder.kill()))
    await rm(directory, { recursive: true, force: true })
  })

  const startHolder = async (): Promise<Holder> => {
    const holder = new Holder(script)
    holders.push(holder)
    expect(await holder.says()).toBe('ready')
    return holder
  }

  it('is refused while another process holds it, which the error names, and given after its release', async () => {
    const holder = await startHolder()
    expect(await holder.asked(`take ${directory}`)).toBe('held')
    await expect(disk.lock(directory)).rejects.toMatchObject({
      code: 'DISK_LOCKED',
      message: expect.stringContaining(`process ${String(holder.child.pid)}`) as string,
    })
    expect(await holder.asked('release')).toBe('released')
    const lock = await disk.lock(directory)
    expect(await holder.asked(`take ${directory}`)).toContain('DISK_LOCKED')
    await lock.release()
    expect(await readdir(directory)).toEqual([])
  })

  it('is free when its holder was killed', async () => {
    const holder = await startHolder()
    expect(await holder.asked(`take ${directory}`)).toBe('held')
    await holder.kill()
    const lock = await disk.lock(directory)
    expect(await readdir(directory)).toEqual([LOCK_FILE_NAME])
    await lock.release()
  })

  it('goes to exactly one of several processes that break it at the same time', async () => {
    const contenders = await Promise.all(Array.from({ length: 4 }, startHolder))
    const victim = await startHolder()
    await victim.asked(`take ${directory}`)
    await victim.kill()
    const stale = await readFile(join(directory, LOCK_FILE_NAME))
    for (let round = 0; round < 25; round++) {
      const answers = await Promise.all(contenders.map((contender) => contender.asked(`take ${directory}`)))
      const winners = contenders.filter((_, index) => answers[index] === 'held')
      expect(winners).toHaveLength(1)
      expect(await winners[0]?.asked('release')).toBe('released')
      await writeFile(join(directory, LOCK_FILE_NAME), stale)
    }
  }, 120_000)

  it('is refused, with advice, when its file cannot be read as ours', async () => {
    await writeFile(join(directory, LOCK_FILE_NAME), '')
    await expect(disk.lock(directory)).rejects.toMatchObject({
      code: 'DISK_LOCKED',
      message: expect.stringContaining('delete the file') as string,
    })
  })

  it('stays with this process even if its file is deleted', async () => {
    const lock = await disk.lock(directory)
    await rm(join(directory, LOCK_FILE_NAME))
    await expect(new RealDisk().lock(directory)).rejects.toMatchObject({ code: 'DISK_LOCKED' })
    await lock.release()
    await (await disk.lock(directory)).release()
  })
})

describe('the judgement whether a process may be alive', () => {
  let own: ProcessIdentity
  beforeAll(async () => {
    own = await ownIdentity()
  })

  it('knows itself and its parent', async () => {
    expect(await mayBeAlive(own, own)).toBe(true)
    expect(await mayBeAlive({ ...own, pid: process.ppid, startTicks: '' }, own)).toBe(true)
  })

  it('takes what cannot be judged from here for alive', async () => {
    const gone = { ...own, pid: 2 ** 22 + 1, startTicks: '1' }
    expect(await mayBeAlive(gone, own)).toBe(false)
    expect(await mayBeAlive({ ...gone, host: 'elsewhere' }, own)).toBe(true)
    expect(await mayBeAlive({ ...gone, machineId: 'other' }, own)).toBe(true)
    expect(await mayBeAlive({ ...gone, pidNamespace: 'pid:[1]' }, own)).toBe(true)
  })

  it.runIf(process.platform === 'linux')('sees through process ids that were given out again', async () => {
    expect(await mayBeAlive({ ...own, startTicks: '1' }, own)).toBe(false)
    expect(await mayBeAlive({ ...own, bootId: 'an earlier start of the machine' }, own)).toBe(false)
  })
})
