import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { doorOfPage } from './support/door-of-page'
import { temporaryDirectory } from './support/temporary-directory'
import { patiently, until } from './support/until'
import { runWindow, startWindow } from './support/window-program'
import type { WindowProgram } from './support/window-program'

const smallCluster = ['--coordinators', '1', '--stores', '1', '--base-port', '0']
const exitOf = ({ app }: WindowProgram) =>
  once(app.process(), 'exit') as Promise<[code: number | null, signal: string | null]>
const bytes = (text: string) => new TextEncoder().encode(text)

let userData: ReturnType<typeof temporaryDirectory>
let started: WindowProgram | undefined
beforeEach(() => {
  userData = temporaryDirectory()
})
afterEach(async () => {
  // A test that failed may have left it.
  await started?.app.close().catch(() => undefined)
  started = undefined
  userData.remove()
})

interface LogEntry {
  readonly event: string
  readonly phase?: string
  readonly where?: string
  readonly message?: string
  readonly stack?: string
}

/** All that the program has logged so far. */
function logged(): readonly LogEntry[] {
  const logs = join(userData.path, 'logs')
  if (!existsSync(logs)) return []
  const lines = readdirSync(logs)
    .sort()
    .flatMap((name) => readFileSync(join(logs, name), 'utf8').split('\n'))
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as LogEntry)
}

const phases = () => logged().flatMap(({ event, phase }) => (event === 'session.phase' ? (phase ?? []) : []))

/** Locks of folders below the person's data that were not given back. */
const locksLeft = () =>
  readdirSync(userData.path, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.sandbox-lock'))

/** Processes that know the person's data by name: the program, its helpers and its nodes. Linux tells of all. */
const processesLeft = () =>
  process.platform !== 'linux'
    ? []
    : readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .filter((id) => {
          try {
            return readFileSync(`/proc/${id}/cmdline`, 'utf8').includes(userData.path)
          } catch {
            // It ended between the list and the look.
            return false
          }
        })

function expectNothingLeft(): void {
  expect(logged().filter(({ event }) => event === 'defect')).toEqual([])
  expect(locksLeft()).toEqual([])
  expect(processesLeft()).toEqual([])
}

async function runningPage(page: Page) {
  const door = doorOfPage(page)
  await until('the cluster runs', async () => (await door.session.get.query()).phase === 'running')
  return door
}

/** Makes a table in the cluster and puts a pair into it. */
async function putPair(page: Page): Promise<number> {
  const door = await runningPage(page)
  await door.tables.create.mutate({
    name: 'users',
    schema: 'DINGO',
    columns: [
      { name: 'id', sqlType: 'VARCHAR', nullable: false, isKey: true },
      { name: 'name', sqlType: 'VARCHAR', nullable: true, isKey: false },
    ],
    partitioning: { kind: 'range', boundaries: [] },
    replicas: 1,
    engine: 'raft',
  })
  let tableId: number | undefined
  await until('the table is made', async () => {
    const [job] = await door.tables.jobs.query()
    tableId = job?.tableId
    return job?.state === 'done'
  })
  if (tableId === undefined) throw new Error('The table has no id.')
  await door.keyspace.put.mutate({ key: { kind: 'table', tableId, text: 'ada' }, value: bytes('acknowledged') })
  return tableId
}

async function readPair(page: Page, tableId: number): Promise<string> {
  const door = await runningPage(page)
  const pair = await door.keyspace.value.query({ key: { kind: 'table', tableId, text: 'ada' } })
  return new TextDecoder().decode(pair.value)
}

describe('a signal to the window’s program', () => {
  it.for(['SIGTERM', 'SIGINT'] as const)(
    '%s ends its cluster in order, and nothing is left',
    async (signal, context) => {
      started = await startWindow(context, userData.path, smallCluster)
      const tableId = await putPair(started.page)
      expect(locksLeft()).not.toEqual([])
      const exit = exitOf(started)
      started.app.process().kill(signal)
      expect(await exit).toEqual([0, null])
      expect(phases().slice(-2)).toEqual(['closing', 'closed'])
      expectNothingLeft()
      started = await startWindow(context, userData.path, smallCluster)
      expect(await readPair(started.page, tableId)).toBe('acknowledged')
    },
  )

  it('that comes while it takes the workspace ends it in order, too', async (context) => {
    const run = await runWindow(context, userData.path, smallCluster)
    await until('the workspace is being taken', () => Promise.resolve(phases().includes('starting')))
    run.kill('SIGTERM')
    expect(await run.exit).toBe(0)
    expect(phases().at(-1)).toBe('closed')
    expectNothingLeft()
  })
})

describe('a defect of the window’s program', () => {
  it.for(['uncaught exception', 'unhandled rejection'] as const)(
    '(%s) is logged and told before the program ends',
    async (kind, context) => {
      started = await startWindow(context, userData.path)
      const exit = exitOf(started)
      const output: string[] = []
      started.app.process().stdout?.on('data', (chunk: Buffer) => output.push(String(chunk)))
      await started.app.evaluate(({ dialog }, isRejection) => {
        // A real one would wait for somebody to close it.
        dialog.showErrorBox = (title, content) => process.stdout.write(`shown: ${title}: ${content}\n`)
        setTimeout(() => {
          const error = new Error('something that cannot be')
          if (isRejection) void Promise.reject(error)
          else throw error
        }, 0)
      }, kind === 'unhandled rejection')
      expect(await exit).toEqual([1, null])
      expect(output.join('')).toMatch(/shown: DingoDB Store Sandbox: .*something that cannot be/)
      const [defect] = logged().filter(({ event }) => event === 'defect')
      expect(defect).toMatchObject({ where: kind, message: 'something that cannot be' })
      expect(defect?.stack).toMatch(/\n\s+at /)
    },
  )
})

describe('a folder that does not open', () => {
  it('is told, with why', async (context) => {
    started = await startWindow(context, userData.path)
    const { app } = started
    await app.evaluate(({ dialog, shell }) => {
      const told: unknown[] = []
      Object.assign(globalThis, { told })
      shell.openPath = () => Promise.resolve('No application is registered.')
      dialog.showMessageBox = (...args: unknown[]) => {
        told.push(args.at(-1))
        return Promise.resolve({ response: 0, checkboxChecked: false })
      }
    })
    const told = () => app.evaluate(() => (globalThis as { told?: Array<{ message: string; detail: string }> }).told)
    const click = (id: string) =>
      app.evaluate(({ Menu }, item) => Menu.getApplicationMenu()?.getMenuItemById(item)?.click(), id)
    await click('logs.openFolder')
    await expect
      .poll(told, patiently)
      .toMatchObject([
        { message: 'The folder did not open.', detail: expect.stringMatching(/logs[^]*No application/) as string },
      ])
    await click('workspace.openFolder')
    await expect.poll(async () => (await told())?.at(-1)?.message, patiently).toBe('There is no workspace folder.')
  })
})
