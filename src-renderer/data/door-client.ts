import { createTRPCClient, httpBatchLink, httpSubscriptionLink, splitLink, TRPCClientError } from '@trpc/client'
import type { inferRouterOutputs } from '@trpc/server'
import { inject } from 'vue'
import type { InjectionKey } from 'vue'
import type { DoorRouter } from '../../src-main/api/router'
import type { SerializedSandboxError } from '../../src-main/base/sandbox-error'
import { transformer } from './transformer'

/** Every procedure of the host, typed. */
export type DoorClient = ReturnType<typeof createDoorClient>

/** What a page knows of the program behind it. */
export type SystemInfo = inferRouterOutputs<DoorRouter>['system']['info']

/** The client of the door that served this page. */
export function createDoorClient() {
  const url = '/api'
  return createTRPCClient<DoorRouter>({
    links: [
      splitLink({
        condition: ({ type }) => type === 'subscription',
        true: httpSubscriptionLink({ url, transformer }),
        // Always POST: a long input never has to fit into an address, and every call carries an Origin header.
        false: httpBatchLink({ url, transformer, methodOverride: 'POST' }),
      }),
    ],
  })
}

/** By which the app gives its client to the stores. */
export const doorClientKey: InjectionKey<DoorClient> = Symbol('door client')

/** The client of the app that this store or component belongs to. */
export function useDoorClient(): DoorClient {
  const client = inject(doorClientKey)
  if (client === undefined) throw new Error('The app provides no door client.')
  return client
}

/** The error that the host sent, or DOOR_UNREACHABLE if none came from there. */
export function toDoorError(thrown: unknown): SerializedSandboxError {
  if (thrown instanceof TRPCClientError) {
    const error = (thrown as TRPCClientError<DoorRouter>).data?.error
    if (error !== undefined) return error
  }
  const reason = thrown instanceof Error ? thrown.message : String(thrown)
  return { code: 'DOOR_UNREACHABLE', message: 'The host does not answer.', details: { reason } }
}
