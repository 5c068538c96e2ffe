import { initTRPC } from '@trpc/server'
import type { Sandbox } from '../sandbox/sandbox'
import { errorForPage } from './error-shape'
import type { EventHub } from './events/event-hub'
import { transformer } from './transformer'

/** Asks the person for a folder: absolute, or undefined if they thought better of it. */
export type ChooseDirectory = () => Promise<string | undefined>

/** What every procedure is given. */
export interface DoorContext {
  readonly sandbox: Sandbox
  readonly hub: EventHub
  readonly chooseDirectory: ChooseDirectory | undefined
}

const trpc = initTRPC.context<DoorContext>().create({
  transformer,
  isDev: false,
  errorFormatter: ({ shape, error, path }) => {
    const forPage = errorForPage(error, path)
    return { code: shape.code, message: forPage.message, data: { httpStatus: shape.data.httpStatus, error: forPage } }
  },
  sse: {
    // Electron 25 does not tell the server of some streams that a page has left. Ending every stream after a while, to
    // be resumed at its cursor, bounds what such a lost stream can hold.
    maxDurationMs: 60_000,
    ping: { enabled: true, intervalMs: 10_000 },
    client: { reconnectAfterInactivityMs: 25_000 },
  },
})

/** Makes a router of procedures. */
export const router = trpc.router
/** The beginning of every procedure. */
export const procedure = trpc.procedure
