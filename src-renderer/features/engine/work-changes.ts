import type { ColumnFamilyView, EngineView } from '../../../src-main/client/views/engine'

/** What a flush or compaction changed in one family. */
export interface FamilyChange {
  readonly columnFamily: string
  readonly filesBefore: number
  readonly filesAfter: number
  readonly bytesBefore: number
  readonly bytesAfter: number
}

const bytesOf = (family: ColumnFamilyView | undefined) => family?.files.reduce((sum, { bytes }) => sum + bytes, 0) ?? 0

/** The families whose table files are others than before, with their numbers and sizes. */
export function changedFamilies(before: EngineView, after: EngineView): readonly FamilyChange[] {
  const earlier = new Map(before.columnFamilies.map((family) => [family.name, family]))
  return after.columnFamilies.flatMap((family) => {
    const was = earlier.get(family.name)
    const namesBefore = was?.files.map(({ name }) => name).join() ?? ''
    if (namesBefore === family.files.map(({ name }) => name).join()) return []
    return [
      {
        columnFamily: family.name,
        filesBefore: was?.files.length ?? 0,
        filesAfter: family.files.length,
        bytesBefore: bytesOf(was),
        bytesAfter: bytesOf(family),
      },
    ]
  })
}
