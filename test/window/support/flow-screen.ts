import type { Locator, Page } from 'playwright-core'
import { goToAddress } from './page-scripts.js'

/** A breakpoint as a person fills in the form: what is left out is left as the form has it. */
export interface BreakpointFields {
  readonly stage?: string
  readonly operation?: string
  readonly message?: string
  /** A table by schema and name; the keys as the store has them if not given. */
  readonly keysOf?: string
  readonly prefix?: string
  readonly condition?: string
  readonly hitCount?: string
}

/** The screen on which operations are stepped, as a person drives it. */
export class FlowScreen {
  readonly page: Page
  /** The operation in view: how it stands, what it is, and on which key. */
  readonly headline: Locator
  /** Breakpoints beside the diagram, each a line. */
  readonly breakpoints: Locator

  constructor(page: Page) {
    this.page = page
    this.headline = page.locator('.headline')
    this.breakpoints = page.getByRole('list', { name: 'Breakpoints' }).getByRole('listitem')
  }

  /** Opens the screen with its breakpoints beside the diagram, and whatever operation was the last. */
  async open(): Promise<void> {
    await this.page.evaluate(goToAddress, '/flow?side=gates')
    await this.page.getByRole('tab', { name: 'Breakpoints', selected: true }).waitFor()
  }

  /** Opens the empty form for a breakpoint. */
  async openForm(): Promise<Locator> {
    await this.page.getByRole('button', { name: 'Add breakpoint' }).first().click()
    const form = this.page.getByRole('dialog', { name: 'Add breakpoint' })
    await form.waitFor()
    return form
  }

  async fillForm(form: Locator, fields: BreakpointFields): Promise<void> {
    if (fields.stage !== undefined) await form.getByLabel('Stage', { exact: true }).selectOption(fields.stage)
    if (fields.operation !== undefined) await form.getByLabel('Operation').selectOption(fields.operation)
    if (fields.message !== undefined) await form.getByLabel('Type of message').selectOption(fields.message)
    if (fields.keysOf !== undefined) await form.getByLabel('Keys of').selectOption(fields.keysOf)
    if (fields.prefix !== undefined) await form.getByLabel('Key begins with').fill(fields.prefix)
    if (fields.condition !== undefined) await form.getByLabel('Condition').fill(fields.condition)
    if (fields.hitCount !== undefined) await form.getByLabel('Stop from hit').fill(fields.hitCount)
  }

  /** Sets a breakpoint and waits until it stands in the list. */
  async setBreakpoint(fields: BreakpointFields): Promise<void> {
    const before = await this.breakpoints.count()
    const form = await this.openForm()
    await this.fillForm(form, fields)
    await form.getByRole('button', { name: 'Set breakpoint' }).click()
    await form.waitFor({ state: 'detached' })
    await this.breakpoints.nth(before).waitFor()
  }

  /** Takes all breakpoints away, one after the other. */
  async removeBreakpoints(): Promise<void> {
    for (let left = await this.breakpoints.count(); left > 0; left -= 1) {
      await this.page
        .getByRole('button', { name: /^Remove / })
        .first()
        .click()
      await this.breakpoints.nth(left - 1).waitFor({ state: 'detached' })
    }
  }

  /** Composes a put into the first table. @param how with `step` it stops at its first stage, else where a breakpoint stops it */
  async put(key: string, value: string, how: 'send' | 'step'): Promise<void> {
    await this.page.getByRole('button', { name: 'Compose …' }).first().click()
    const dialog = this.page.getByRole('dialog', { name: 'Compose a request' })
    await dialog.getByLabel('Key', { exact: true }).fill(key)
    await dialog.getByLabel('Value', { exact: true }).fill(value)
    await dialog.getByText('The store’s key').waitFor()
    await dialog.getByRole('button', { name: how === 'step' ? 'Step it' : 'Send' }).click()
    await dialog.waitFor({ state: 'detached' })
    await this.headline.getByText(key).waitFor()
  }

  /** Waits until the operation in view is held at a stage. @returns the stages that are held, as the diagram words them */
  async heldAt(stage: string): Promise<readonly string[]> {
    const held = this.#stages(stage, ': held here')
    await held.first().waitFor()
    return await held.evaluateAll((marks) => marks.map((mark) => mark.getAttribute('aria-label') ?? ''))
  }

  /** Whether a node has a held message before it. */
  async holdsMessage(node: string): Promise<boolean> {
    return (await this.#stages('raft.receive', ` on ${node}: held here`).count()) > 0
  }

  /** A stage that a node has passed. @param node as the diagram calls it: `S2`, `Client` */
  passed(stage: string, node: string): Locator {
    return this.#stages(stage, ` on ${node}: [\\d,.]+ .+`).first()
  }

  /** A stage at which a person had something else become of its message than to be delivered. @param node as its lane is called */
  fated(stage: string, node: string, fate: 'dropped' | 'duplicated' | 'delayed'): Locator {
    return this.#stages(stage, ` on ${node}: ${fate}`).first()
  }

  /** Waits until the operation in view has ended so, and nothing stands still any more. */
  async ended(state: 'done' | 'failed' | 'unknown'): Promise<void> {
    await this.headline.getByText(state, { exact: true }).waitFor()
    await this.page.getByText('Clocks of all nodes stand still').waitFor({ state: 'detached' })
  }

  /**
   * Chooses what becomes of the message that a node has before it, and waits until that is no longer held.
   *
   * @param action as the menu calls it
   */
  async actOnMessage(node: string, action: string): Promise<void> {
    const held = this.#stages('raft.receive', ` on ${node}: held here`).first()
    const id = (await held.getAttribute('id')) ?? ''
    await held.click()
    await this.page.getByRole('button', { name: 'Message', exact: true }).click()
    await this.page.getByRole('menuitem', { name: action }).click()
    await this.page.locator(`[id="${id}"]:not(.held)`).waitFor()
  }

  #stages(stage: string, end: string): Locator {
    return this.page.getByRole('option', { name: new RegExp(`^${stage.replaceAll('.', '\\.')}\\b.*${end}$`) })
  }
}
