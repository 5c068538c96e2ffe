import { readModes } from '../../engine/engine-context'
import type { UnaryHandler } from '../../rpc/call'
import type { StoreService } from '../../rpc/generated/dingodb/store_pb'
import type { StoreServiceSettings } from './service-settings'

/** Takes a value in words. @returns whether it is one; nothing has changed if not */
type SetVariable = (settings: StoreServiceSettings, value: string) => boolean

/** The variables that can be set while the store runs. */
const variables: Readonly<Record<string, SetVariable>> = {
  read_mode: (settings, value) => {
    const mode = readModes.find((known) => known === value)
    if (mode === undefined) return false
    settings.readMode = mode
    return true
  },
  max_pending_requests: (settings, value) => {
    const count = Number(value)
    if (!Number.isSafeInteger(count) || count < 1) return false
    settings.maxPendingRequests = count
    return true
  },
}

/**
 * Sets variables of the running store (store.proto, ControlConfig). Each is answered on its own: `is_already_set` if the store
 * took it, `is_error_occurred` if it knows no such variable or no such value.
 */
export function controlConfigHandler(
  settings: StoreServiceSettings,
): UnaryHandler<(typeof StoreService)['method']['controlConfig']> {
  return (request) => ({
    controlConfigVariable: request.controlConfigVariable.map(({ name, value }) => {
      const set = Object.hasOwn(variables, name) ? variables[name] : undefined
      const isTaken = set?.(settings, value) ?? false
      return { name, value, isAlreadySet: isTaken, isErrorOccurred: !isTaken }
    }),
  })
}
