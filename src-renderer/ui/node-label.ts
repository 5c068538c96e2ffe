import type { ClusterOverview } from '../../src-main/client/views/overview'
import { entityLabel } from './entity-label'

/**
 * The short name of a node, whatever it is: `S1`, `C2`; its id if it is not known.
 *
 * @returns undefined for the client (0), which has a word in each language
 */
export function nodeLabel(nodeId: number, overview: ClusterOverview | undefined): string | undefined {
  if (nodeId === 0) return undefined
  if (overview?.coordinators.some((coordinator) => coordinator.nodeId === nodeId) === true) {
    return entityLabel({ kind: 'coordinator', nodeId }, overview)
  }
  const isStore = overview?.stores.some(({ storeId }) => storeId === nodeId) === true
  return isStore ? entityLabel({ kind: 'store', storeId: nodeId }, overview) : String(nodeId)
}
