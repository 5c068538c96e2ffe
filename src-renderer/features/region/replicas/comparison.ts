import type { RegionDetail, ReplicaFields } from '../../../../src-main/client/views/region-detail'

/** Who has an opinion on a field: the coordinators, or the replica of a store. */
export interface ComparisonCell {
  readonly text: string
  readonly differs: boolean
}

/** One field, as the coordinators and each replica have it. A replica that does not answer has no cell. */
export interface ComparisonRow {
  readonly field: keyof ReplicaFields
  /** As DingoDB calls it. */
  readonly fieldName: string
  readonly coordinator: ComparisonCell
  readonly replicas: ReadonlyArray<ComparisonCell | undefined>
}

const fieldNames = {
  state: 'state',
  metaEpoch: 'epoch',
  name: 'name',
  confVersion: 'epoch.conf_version',
  version: 'epoch.version',
  startKey: 'range.start_key',
  endKey: 'range.end_key',
  peers: 'peers',
  leaderStoreId: 'leader_store_id',
  storeEngine: 'store_engine',
  rawEngine: 'raw_engine',
  tableId: 'table_id',
  partitionId: 'part_id',
} as const satisfies Record<keyof ReplicaFields, string>

/** Fields of which coordinators and stores keep books of their own: compared between stores only. */
const ofStoresOnly: ReadonlyArray<keyof ReplicaFields> = ['state', 'metaEpoch']

/** Puts the opinions side by side, and marks who differs: from the coordinators, else from most stores. */
export function compareReplicas(detail: RegionDetail): readonly ComparisonRow[] {
  return (Object.keys(fieldNames) as Array<keyof ReplicaFields>).map((field) => {
    const coordinator = textOf(field, detail.coordinator)
    const texts = detail.replicas.map(({ fields }) => fields && textOf(field, fields))
    const reference = ofStoresOnly.includes(field) ? mostCommon(texts) : coordinator
    const isDisputed = detail.differing.includes(field)
    return {
      field,
      fieldName: fieldNames[field],
      coordinator: { text: coordinator, differs: false },
      replicas: texts.map((text) =>
        text === undefined ? undefined : { text, differs: isDisputed && text !== reference },
      ),
    }
  })
}

function textOf(field: keyof ReplicaFields, fields: ReplicaFields): string {
  const value = fields[field]
  if (value === '') return field === 'startKey' ? '−∞' : field === 'endKey' ? '+∞' : '–'
  return value === undefined ? '–' : String(value)
}

/** The text that most have; of several, the one that came first. */
function mostCommon(texts: ReadonlyArray<string | undefined>): string | undefined {
  const counts = new Map<string, number>()
  for (const text of texts) if (text !== undefined) counts.set(text, (counts.get(text) ?? 0) + 1)
  return [...counts].sort(([, one], [, other]) => other - one)[0]?.[0]
}
