import { afterAll, describe, expect, it } from 'vitest'
import type { TestContext } from 'vitest'
import type { Page } from 'playwright-core'
import type { RaftLogPage } from '../../src-main/client/views/raft-log'
import { doorOfPage } from './support/door-of-page'
import type { FlowScreen } from './support/flow-screen'
import { expectAccessible } from './support/page-checks'
import { SteppedTable } from './support/stepped-table'
import { until } from './support/until'
import { windowHosts } from './support/window-hosts'

const STORES = 3

/** What a person can do to a message of Raft that is held on its way to a follower. */
describe.each(windowHosts)('a message that is held in $name', (host) => {
  const stepped = new SteppedTable(host, 'messages')
  const theScreen = (context: TestContext) => stepped.screen(context)
  const keep = (page: Page, name: string) => stepped.keep(page, name)

  /** What the replicas of the table's only region have in their logs. */
  async function logs(page: Page): Promise<readonly RaftLogPage[]> {
    const door = doorOfPage(page)
    const { replicas } = await door.inspection.regionDetail.query({ regionId: stepped.regionId })
    return await Promise.all(
      replicas.map(({ storeId }) =>
        door.inspection.raftLog.query({ regionId: stepped.regionId, storeId, fromIndex: 0, limit: 500 }),
      ),
    )
  }

  /** Waits until all replicas have applied the same entries, each once. */
  async function expectAlike(page: Page): Promise<void> {
    await until('all replicas have applied the same log', async () => {
      const found = (await logs(page)).map(({ appliedIndex, lastIndex }) => [appliedIndex, lastIndex]).flat()
      return found.length === 2 * STORES && new Set(found).size === 1
    })
    const [first = [], ...others] = (await logs(page)).map((log) =>
      log.entries.map(({ index, term }) => ({ index, term })),
    )
    expect(first.map(({ index }) => index)).toEqual(first.map((_entry, at) => (first[0]?.index ?? 0) + at))
    for (const other of others) expect(other).toEqual(first)
  }

  /** Has a put's message to either follower held. @returns the screen, those followers, and the last index before the put */
  async function hold(context: TestContext, key: string) {
    const screen = await theScreen(context)
    const { page } = screen
    const before = (await logs(page))[0]?.lastIndex ?? 0
    // Of the put alone: an empty MsgApp, which tells followers what is committed, is none of it.
    await screen.setBreakpoint({ stage: 'raft.receive', operation: 'KvPut', message: 'MsgApp' })
    await screen.put(key, `value of ${key}`, 'send')
    await until('the messages to both followers are held', async () => (await heldNodes(screen)).length === STORES - 1)
    const [first = '', second = ''] = await heldNodes(screen)
    return { screen, page, before, first, second }
  }
  const heldNodes = async (screen: FlowScreen) =>
    (await screen.heldAt('raft.receive')).map((name) => / on (S\d):/.exec(name)?.[1] ?? name)

  /** The last index in a replica's log. @param node as the screens call it */
  async function lastIndex(page: Page, node: string): Promise<number> {
    const { stores } = await doorOfPage(page).inspection.overview.query()
    const storeId = stores.find(({ ordinal }) => `S${String(ordinal)}` === node)?.storeId
    return (await logs(page)).find((log) => log.storeId === storeId)?.lastIndex ?? 0
  }

  afterAll(async () => {
    await stepped.end()
  })

  /** Acts in the same way on all that the put sends to a node, be it sent once more, until its entry is there. */
  async function actUntilAppended(screen: FlowScreen, node: string, action: string): Promise<void> {
    await until(`${node} appends the entry`, async () => {
      if ((await screen.passed('log.append', node).count()) > 0) return true
      if (await screen.holdsMessage(node)) await screen.actOnMessage(node, action)
      return false
    })
  }

  it('is delivered, and the put is answered while the other one is still held', async (context) => {
    const { screen, page, first, second } = await hold(context, 'delivered')
    await expectAccessible(page)
    await keep(page, 'delivered-held')
    await actUntilAppended(screen, first, 'Deliver the held message')
    await screen.passed('client.result', 'Client').waitFor()
    expect(await screen.holdsMessage(second)).toBe(true)
    await keep(page, 'delivered-one')
    await actUntilAppended(screen, second, 'Deliver the held message')
    await screen.removeBreakpoints()
    await screen.ended('done')
    await expectAlike(page)
    await keep(page, 'delivered')
  })

  it('is dropped, and sent again when the other one has made the put done', async (context) => {
    const { screen, page, before, first, second } = await hold(context, 'dropped')
    await screen.actOnMessage(first, 'Drop the held message')
    await screen.fated('raft.receive', first, 'dropped').waitFor()
    await keep(page, 'dropped-one')
    // The other one is still held, so no time passes in which it would be sent again.
    expect(await screen.holdsMessage(second)).toBe(true)
    expect(await lastIndex(page, first)).toBe(before)
    await actUntilAppended(screen, second, 'Deliver the held message')
    await screen.passed('client.result', 'Client').waitFor()
    expect(await lastIndex(page, second)).toBe(before + 1)
    await screen.removeBreakpoints()
    await screen.ended('done')
    await screen.passed('log.append', first).waitFor()
    await expectAlike(page)
    expect(await lastIndex(page, first)).toBe(before + 1)
    await keep(page, 'dropped')
  })

  it('is delayed, and comes when the clocks have gone on for so long', async (context) => {
    const { screen, page, before, first, second } = await hold(context, 'delayed')
    await screen.actOnMessage(first, 'Delay by 100 ms')
    await keep(page, 'delayed-one')
    // Something is still held, so the time that it has to wait for does not pass.
    expect(await screen.holdsMessage(second)).toBe(true)
    expect(await lastIndex(page, first)).toBe(before)
    await screen.actOnMessage(second, 'Delay by 5.00 s')
    await screen.removeBreakpoints()
    await screen.ended('done')
    await expectAlike(page)
    await keep(page, 'delayed')
  })

  it('is duplicated, and its entry is in the log once', async (context) => {
    const { screen, page, before, first, second } = await hold(context, 'duplicated')
    for (const node of [first, second]) await actUntilAppended(screen, node, 'Duplicate the held message')
    await screen.removeBreakpoints()
    await screen.ended('done')
    await expectAlike(page)
    expect((await logs(page)).map((log) => log.lastIndex)).toEqual(Array.from({ length: STORES }, () => before + 1))
    await keep(page, 'duplicated')
  })

  it('left every put in the region', async (context) => {
    const screen = await theScreen(context)
    const door = doorOfPage(screen.page)
    for (const text of ['delivered', 'dropped', 'delayed', 'duplicated']) {
      const found = await door.keyspace.value.query({ key: { kind: 'table', tableId: stepped.tableId, text } })
      expect(new TextDecoder().decode(found.value ?? new Uint8Array(0))).toBe(`value of ${text}`)
    }
    expect(stepped.complaints).toEqual([])
  })
})
