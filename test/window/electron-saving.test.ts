import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, describe, expect, it } from 'vitest'
import type { TestContext } from 'vitest'
import { doorOfPage } from './support/door-of-page'
import { keepScreenshot } from './support/page-checks'
import { goToAddress } from './support/page-scripts.js'
import { temporaryDirectory } from './support/temporary-directory'
import { until } from './support/until'
import { startWindow } from './support/window-program'
import type { WindowProgram } from './support/window-program'

const smallCluster = ['--coordinators', '1', '--stores', '1', '--base-port', '0', '--ephemeral']
/** Far above what is shown of a value. */
const VALUE_BYTES = 1024 * 1024

const directory = temporaryDirectory()
const value = Uint8Array.from({ length: VALUE_BYTES }, (_none, at) => (at * 31 + (at >> 8)) & 0xff)
let program: WindowProgram | undefined
let tableId: number | undefined

afterAll(async () => {
  await program?.app.close()
  directory.remove()
})

/** The window with a cluster that holds one large value. */
async function theWindow(context: TestContext): Promise<WindowProgram> {
  program ??= await startWindow(context, directory.path, smallCluster)
  const { app, page } = program
  context.onTestFailed(() => keepScreenshot(page, 'failed-saving'))
  tableId ??= await fill(page)
  // The system's dialog cannot be driven: what a person would have chosen there is said here.
  await app.evaluate(({ dialog, session }, folder) => {
    const told: unknown[] = []
    Object.assign(globalThis, { told, folder })
    dialog.showMessageBox = (...args: unknown[]) => {
      told.push(args.at(-1))
      return Promise.resolve({ response: 0, checkboxChecked: false })
    }
    const known = globalThis as { isChoosing?: boolean; folder?: string }
    if (known.isChoosing === true) return
    known.isChoosing = true
    session.defaultSession.on('will-download', (_event, item) => {
      item.setSavePath(`${known.folder ?? ''}/${item.getFilename()}`)
    })
  }, directory.path)
  return program
}

async function fill(page: Page): Promise<number> {
  const door = doorOfPage(page)
  await until('the cluster runs', async () => (await door.session.get.query()).phase === 'running')
  await door.tables.create.mutate({
    name: 'users',
    schema: 'DINGO',
    columns: [
      { name: 'id', sqlType: 'VARCHAR', nullable: false, isKey: true },
      { name: 'photo', sqlType: 'BINARY', nullable: true, isKey: false },
    ],
    partitioning: { kind: 'range', boundaries: [] },
    replicas: 1,
    engine: 'raft',
  })
  await until('the table is made', async () => (await door.tables.jobs.query())[0]?.state === 'done')
  const made = (await door.tables.jobs.query())[0]?.tableId
  if (made === undefined) throw new Error('The table has no id.')
  await door.keyspace.put.mutate({ key: { kind: 'table', tableId: made, text: 'ada' }, value })
  return made
}

/** Waits until a file is whole. */
async function saved(name: string, isWhole: (content: Buffer) => boolean): Promise<Buffer> {
  const path = join(directory.path, name)
  await expect.poll(() => existsSync(path) && isWhole(readFileSync(path)), { timeout: 10_000 }).toBe(true)
  return readFileSync(path)
}

async function lookAtValue(page: Page): Promise<void> {
  await page.evaluate(goToAddress, '/keyspace')
  await page.getByRole('row', { name: /users\/ada/ }).click()
  await page.getByRole('button', { name: 'Save as file' }).first().waitFor()
}

describe('what a person saves in the window', () => {
  it('is a value as a whole, byte by byte', async (context) => {
    const { page } = await theWindow(context)
    await lookAtValue(page)
    await page.getByRole('button', { name: 'Save as file' }).first().click()
    const content = await saved('users-ada.bin', ({ length }) => length === VALUE_BYTES)
    expect(content.equals(value)).toBe(true)
  })

  it('is told if it cannot be written', async (context) => {
    const { app, page } = await theWindow(context)
    await lookAtValue(page)
    // A folder below a file: nobody can write there, the superuser neither.
    await app.evaluate((_electron, folder) => Object.assign(globalThis, { folder }), import.meta.filename)
    await page.getByRole('button', { name: 'Save as file' }).first().click()
    await expect
      .poll(() => app.evaluate(() => (globalThis as { told?: Array<{ message: string; detail: string }> }).told))
      .toMatchObject([{ message: expect.stringContaining('not saved') as string }])
  })

  it('is the figures as a table', async (context) => {
    const { page } = await theWindow(context)
    await page.evaluate(goToAddress, '/metrics')
    await page.getByRole('button', { name: 'Export CSV' }).click()
    const content = await saved('metrics.csv', ({ length }) => length > 0)
    const [heading, ...rows] = content.toString().trimEnd().split('\n')
    expect(rows.length).toBeGreaterThan(0)
    for (const row of rows) expect(row.split(',')).toHaveLength(heading?.split(',').length ?? 0)
  })

  it('is a trace, for programs and for people', async (context) => {
    const { page } = await theWindow(context)
    await page.evaluate(goToAddress, '/flow')
    await page.getByRole('button', { name: 'Put a row and step it' }).click()
    await page
      .getByRole('option', { name: /held here$/ })
      .first()
      .waitFor()
    const id = new URL(page.url()).hash.match(/trace=([0-9a-f]{8})/)?.[1] ?? 'no trace'
    const save = async (format: string) => {
      await page.getByRole('button', { name: 'Export' }).click()
      await page.getByRole('menuitem', { name: `Save as ${format}` }).click()
    }
    await save('OTLP JSON')
    const spans = await saved(`trace-${id}.otlp.json`, (content) => content.toString().trimEnd().endsWith('}'))
    expect(Object.keys(JSON.parse(spans.toString()) as object)).toEqual(['resourceSpans'])
    await save('Mermaid diagram')
    const diagram = await saved(`trace-${id}.mmd`, ({ length }) => length > 0)
    expect(diagram.toString()).toMatch(/^sequenceDiagram\n/)
    await page.keyboard.press('F5')
    await page.locator('.headline').getByText('done').waitFor()
  })
})
