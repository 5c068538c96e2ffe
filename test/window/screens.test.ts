import { afterAll, describe, expect, it } from 'vitest'
import type { TestContext } from 'vitest'
import { allScreens, visit } from './support/all-screens'
import { fillCluster } from './support/demo-cluster'
import type { DemoCluster } from './support/demo-cluster'
import { doorOfPage } from './support/door-of-page'
import { appearances, brokenRules, choose, followConsole } from './support/page-checks'
import { horizontalOverflow, verticalOverflow } from './support/page-scripts.js'
import { temporaryDirectory } from './support/temporary-directory'
import { windowHosts } from './support/window-hosts'
import type { RunningProgram } from './support/window-hosts'

const smallCluster = ['--coordinators', '1', '--stores', '3', '--base-port', '0', '--ephemeral']

describe.each(windowHosts)('every screen in $name', (host) => {
  interface Filled {
    readonly program: RunningProgram
    readonly cluster: DemoCluster
    readonly complaints: readonly string[]
  }
  const userData = temporaryDirectory()
  let program: RunningProgram | undefined
  let filled: Promise<Filled> | undefined

  /** One program for all tests here: none changes what another looks at. */
  async function theProgram(context: TestContext): Promise<Filled> {
    await host.require(context)
    filled ??= start(context)
    return await filled
  }

  async function start(context: TestContext): Promise<Filled> {
    program = await host.start(context, userData.path, smallCluster)
    const complaints = followConsole(program.page)
    return { program, cluster: await fillCluster(doorOfPage(program.page), 60), complaints }
  }

  afterAll(async () => {
    await program?.end()
    userData.remove()
  })

  it.for(appearances)('is accessible in %s %s', async ([theme, language], context) => {
    const { program, cluster } = await theProgram(context)
    await choose(program.page, theme, language)
    const broken: Record<string, readonly string[]> = {}
    for (const screen of allScreens(cluster)) {
      await visit(program.page, screen)
      const rules = await brokenRules(program.page)
      if (rules.length > 0) broken[screen.name] = rules
    }
    expect(broken).toEqual({})
  })

  it.for(appearances)('has accessible palette, go-to and help in %s %s', async ([theme, language], context) => {
    const { program, cluster } = await theProgram(context)
    const { page } = program
    await choose(page, theme, language)
    await visit(page, allScreens(cluster)[1] ?? { address: '/cluster', ready: 'h1' })
    const broken: Record<string, readonly string[]> = {}
    for (const [name, keys] of [
      ['palette', 'Control+Shift+P'],
      ['go-to', 'Control+P'],
      ['help', '?'],
    ] as const) {
      await page.locator('main').focus()
      await page.keyboard.press(keys)
      await page.getByRole('dialog').waitFor()
      const rules = await brokenRules(page)
      if (rules.length > 0) broken[name] = rules
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    }
    expect(broken).toEqual({})
  })

  it('needs no more than a small window', async (context) => {
    const { program, cluster } = await theProgram(context)
    const { page } = program
    const before = page.viewportSize()
    await page.setViewportSize({ width: 1024, height: 700 })
    const tooLarge: Record<string, number> = {}
    for (const [theme, language] of appearances.slice(1, 3)) {
      await choose(page, theme, language)
      for (const screen of allScreens(cluster)) {
        await visit(page, screen)
        const [wide, high] = [await page.evaluate(horizontalOverflow), await page.evaluate(verticalOverflow)]
        if (wide > 0) tooLarge[`${screen.name} ${language} in width`] = wide
        if (high > 0) tooLarge[`${screen.name} ${language} in height`] = high
      }
    }
    if (before !== null) await page.setViewportSize(before)
    expect(tooLarge).toEqual({})
  })

  it('has nothing to complain about', async (context) => {
    const { complaints } = await theProgram(context)
    expect(complaints).toEqual([])
  })
})
