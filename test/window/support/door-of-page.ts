import { createTRPCClient, httpLink } from '@trpc/client'
import type { BrowserContext, Page } from 'playwright-core'
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

/** The door as a browser's pages have it, when none of them is open: nobody watches who only asks. */
export function doorOfBrowser(browser: BrowserContext, origin: string) {
  return createTRPCClient<DoorRouter>({
    links: [
      httpLink({
        url: `${origin}/api`,
        transformer,
        methodOverride: 'POST',
        fetch: async (address, init) => {
          const headers = { origin, 'content-type': 'application/json' }
          const data = typeof init?.body === 'string' ? init.body : ''
          const answer = await browser.request.post(String(address), { headers, data })
          const body = await answer.text()
          return {
            ok: answer.ok(),
            status: answer.status(),
            json: () => Promise.resolve(JSON.parse(body) as unknown),
          } as Response
        },
      }),
    ],
  })
}

export type DoorOfPage = ReturnType<typeof doorOfPage>
