import type { TestContext } from 'vitest'
import type { Page } from 'playwright-core'
import { makeSmallTable } from './demo-cluster'
import { doorOfPage } from './door-of-page'
import { FlowScreen } from './flow-screen'
import { followConsole, keepScreenshot } from './page-checks'
import { temporaryDirectory } from './temporary-directory'
import type { RunningProgram, WindowHost } from './window-hosts'

/** Waiting for a cluster that is loaded by other tests at the same time; nothing here waits as long when all is well. */
const PATIENCE_MS = 20_000
const cluster = ['--coordinators', '1', '--stores', '3', '--base-port', '0']

/** A program with a cluster of three stores and one small table of one region, whose operations a spec steps. */
export class SteppedTable {
  readonly #host: WindowHost
  /** Begins the names of its pictures. */
  readonly #label: string
  readonly #userData = temporaryDirectory()
  #program: RunningProgram | undefined
  /** What the page has complained of in its console. */
  complaints: readonly string[] = []
  tableId = 0
  regionId = 0

  constructor(host: WindowHost, label: string) {
    this.#host = host
    this.#label = label
  }

  /** The screen on which operations are stepped, without breakpoints. Starts the program if it does not run. */
  async screen(context: TestContext): Promise<FlowScreen> {
    await this.#host.require(context)
    const { page } = (this.#program ??= await this.#start(context))
    context.onTestFailed(() => this.keep(page, 'failed'))
    const screen = new FlowScreen(page)
    await screen.open()
    await screen.removeBreakpoints()
    return screen
  }

  async #start(context: TestContext): Promise<RunningProgram> {
    const program = await this.#host.start(context, this.#userData.path, cluster)
    program.page.setDefaultTimeout(PATIENCE_MS)
    this.complaints = followConsole(program.page)
    const { tableId, regionId } = await makeSmallTable(doorOfPage(program.page))
    this.tableId = tableId
    this.regionId = regionId
    return program
  }

  /** Keeps a picture of the page. */
  keep(page: Page, name: string): Promise<void> {
    return keepScreenshot(page, `${this.#label}-${this.#host.name}-${name}`)
  }

  async end(): Promise<void> {
    await this.#program?.end()
    this.#userData.remove()
  }
}
