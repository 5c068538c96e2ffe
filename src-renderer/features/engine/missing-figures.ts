import type { ColumnFamilyView, EngineView } from '../../../src-main/client/views/engine'

/** Why a figure is not there: the engine has no such thing, or its library does not tell. */
export type MissingReason = 'levelTellsNoInside' | 'memoryHasNoFiles' | 'notTold'

/** The reason for which an engine shows less than RocksDB does; undefined if it shows all of it. */
export function missingReason(view: EngineView): MissingReason | undefined {
  const tells = (family: ColumnFamilyView) => family.levels.length > 0 || family.memtable.activeBytes !== undefined
  if (view.columnFamilies.some(tells)) return undefined
  switch (view.engine.toLowerCase()) {
    case 'leveldb':
    case 'level':
      return 'levelTellsNoInside'
    case 'memory':
      return 'memoryHasNoFiles'
    default:
      return 'notTold'
  }
}
