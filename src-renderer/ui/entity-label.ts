import type { ClusterOverview } from '../../src-main/client/views/overview'
import type { Entity } from '../app/navigation/entity'

/** Longer keys are cut in chips. */
const LONGEST_HEX = 24

/**
 * The short name of an entity, the same in every language: `S1`, `C1`, `R80001`, a table's name, `#7`.
 *
 * @param overview tells ordinals and names; without it ids stand in
 */
export function entityLabel(entity: Entity, overview: ClusterOverview | undefined): string {
  switch (entity.kind) {
    case 'store': {
      const store = overview?.stores.find(({ storeId }) => storeId === entity.storeId)
      return store === undefined ? `S-${entity.storeId}` : `S${store.ordinal}`
    }
    case 'coordinator': {
      const at = overview?.coordinators.findIndex(({ nodeId }) => nodeId === entity.nodeId) ?? -1
      return at === -1 ? `C-${entity.nodeId}` : `C${at + 1}`
    }
    case 'region':
      return `R${entity.regionId}`
    case 'table':
      return overview?.tiles.find(({ tableId }) => tableId === entity.tableId)?.tableName ?? `T${entity.tableId}`
    case 'key':
      return entity.hex.length > LONGEST_HEX ? `0x${entity.hex.slice(0, LONGEST_HEX)}…` : `0x${entity.hex}`
    case 'entry':
      return `#${entity.index}`
    case 'job':
      return `J${entity.jobId}`
  }
}
