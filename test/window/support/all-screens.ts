import type { Page } from 'playwright-core'
import type { DemoCluster } from './demo-cluster'
import { goToAddress } from './page-scripts.js'

/** One thing that a person can have before their eyes. */
export interface ShownScreen {
  readonly name: string
  readonly address: string
  /** Matches something that is there only when the screen has what it shows. */
  readonly ready: string
}

/** Every screen and every tab of one, in a cluster that {@link fillCluster} filled. */
export function allScreens({ tableIds, regionIds, keyHex }: DemoCluster): readonly ShownScreen[] {
  const region = `/regions/${String(regionIds[0])}`
  const tabs = ['replicas', 'raft', 'log', 'state', 'peers', 'record']
  return [
    { name: 'start', address: '/start', ready: 'form' },
    { name: 'cluster', address: '/cluster', ready: '[data-node="20003"]' },
    { name: 'tables', address: '/tables', ready: 'text=users' },
    { name: 'table-new', address: '/tables/new', ready: 'form' },
    { name: 'table', address: `/tables/${String(tableIds.users)}`, ready: 'text=users' },
    { name: 'regions', address: '/regions', ready: '[role=grid] [role=row] >> nth=1' },
    ...tabs.map((tab) => ({
      name: `region-${tab}`,
      address: `${region}?tab=${tab}`,
      ready: tab === 'log' ? '[role=gridcell]' : '[role=tab][aria-selected=true]',
    })),
    { name: 'keyspace', address: '/keyspace', ready: '[role=grid] [role=row] >> nth=1' },
    {
      name: 'keyspace-value',
      address: `/keyspace?table=${String(tableIds.users)}&key=${keyHex}`,
      ready: '[role=grid] [role=row] >> nth=1',
    },
    { name: 'keyspace-put', address: '/keyspace?panel=put', ready: '[role=grid] [role=row] >> nth=1' },
    { name: 'flow', address: '/flow', ready: 'h1' },
    { name: 'engine', address: `/engine?store=20001&key=${keyHex}`, ready: '.place' },
    { name: 'metrics', address: '/metrics?window=1', ready: '.figure canvas' },
    { name: 'system', address: '/system', ready: 'h1' },
    // The last, because it stays open.
    {
      name: 'inspector',
      address: `/cluster?inspect=region-${String(regionIds[0])}`,
      ready: '.fields dd',
    },
  ]
}

/** Goes to a screen and waits until it shows what it has to show. */
export async function visit(page: Page, { address, ready }: Pick<ShownScreen, 'address' | 'ready'>): Promise<void> {
  await page.evaluate(goToAddress, address)
  await page.locator(':is(main, aside)').locator(ready).first().waitFor()
  // What is still being asked for says so in a note of its own.
  await page.locator('main .loading-note').first().waitFor({ state: 'detached' })
}
