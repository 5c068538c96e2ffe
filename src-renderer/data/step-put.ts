import type { KeyInput } from '../../src-main/client/views/keyspace'
import { requestJson } from './composed-request'
import { useDoorClient } from './door-client'
import { useFlowActions } from './flow-control'

/**
 * Puts a pair and stops at its first stage.
 *
 * @returns a function that resolves at once, with the id of the trace, and throws what the door sends
 */
export function useStepPut(): (key: KeyInput, value: Uint8Array, timeToLiveMs: number | undefined) => Promise<string> {
  const { keyspace } = useDoorClient()
  const actions = useFlowActions()
  return async (key, value, timeToLiveMs) => {
    const { bytes } = await keyspace.resolve.query({ key })
    return actions.run('KvPut', requestJson('KvPut', { key: bytes, value, timeToLiveMs }), true)
  }
}
