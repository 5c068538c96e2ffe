import { createTRPCClient, httpLink } from '@trpc/client'
import type { Page } from 'playwright-core'
import type { DoorRouter } from '../../../src-main/api/router'
import { transformer } from '../../../src-main/api/transformer'
import { postFromPage } from './page-scripts.js'

/** The door as the page has it, with the page's own cookie and origin: for what a test needs to be there or to know. */
export function doorOfPage(page: Page) {
  return createTRPCClient<DoorRouter>({
    links: [
      httpLink({
        url: '/api',
        transformer,
        methodOverride: 'POST',
        fetch: async (address, init) => {
          const { status, body } = await page.evaluate(postFromPage, {
            address: String(address),
            body: typeof init?.body === 'string' ? init.body : undefined,
          })
          return { ok: status < 400, status, json: () => Promise.resolve(JSON.parse(body) as unknown) } as Response
        },
      }),
    ],
  })
}

export type DoorOfPage = ReturnType<typeof doorOfPage>
