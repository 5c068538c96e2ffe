import { useI18n } from 'vue-i18n'
import type { ClusterNodeInfo } from '../../../src-main/sandbox/cluster/cluster-events'
import { formatBytes, formatCount, formatDateTime } from '../../ui/format'
import { useHeartbeatAge } from '../heartbeat-age'
import type { Entity } from '../navigation/entity'
import type { Inspected } from './inspected'
import type { InspectorField } from './inspector-field'

type Of<Kind extends Inspected['kind']> = Extract<Inspected, { kind: Kind }>

/** What the inspector says of each kind of entity, in the reader's language. DingoDB's own words stay as they are. */
export function useInspectorFields() {
  const { t, locale } = useI18n()
  const heartbeatAge = useHeartbeatAge()
  const none = '—'
  const exact = (term: string, value: string | number | undefined): InspectorField => ({
    term,
    text: value === undefined ? none : String(value),
    exact: true,
  })
  const bytes = (value: number | undefined) => (value === undefined ? none : formatBytes(value, locale.value))
  const count = (value: number | undefined) => (value === undefined ? none : formatCount(value, locale.value))
  const yesNo = (value: boolean) => (value ? t('inspector.yes') : t('inspector.no'))
  const stores = (ids: readonly number[]): readonly Entity[] => ids.map((storeId) => ({ kind: 'store', storeId }))
  const storeField = (term: string, id: number | undefined): InspectorField =>
    id === undefined || id === 0 ? { term, text: none } : { term, entities: stores([id]) }

  function nodeFields(node: ClusterNodeInfo | undefined): readonly InspectorField[] {
    if (node === undefined) return []
    const byPerson = ['stopped', 'killed', 'paused'].includes(node.state)
    const tone = node.state === 'failed' ? 'alarm' : byPerson ? 'person' : undefined
    return [
      { term: t('inspector.nodeState'), text: t(`cluster.state.${node.state}`), ...(tone && { tone }) },
      exact(t('inspector.serverAddress'), node.serverAddress),
      exact(t('inspector.raftAddress'), node.raftAddress),
      { term: t('inspector.mount'), text: node.mount, exact: true },
      exact(t('inspector.folder'), node.directory),
      ...(node.lastError
        ? [{ term: t('inspector.lastError'), text: node.lastError.message, tone: 'alarm' as const }]
        : []),
    ]
  }

  function store({ store: known, node }: Of<'store'>): readonly InspectorField[] {
    if (known === undefined) return nodeFields(node)
    const age = known.heartbeatAgeMs
    return [
      exact(t('inspector.storeId'), known.storeId),
      ...nodeFields(node),
      exact('state', known.state),
      { term: t('inspector.answers'), text: yesNo(known.answers) },
      exact(t('inspector.heartbeatAge'), age === undefined ? undefined : heartbeatAge(age)),
      exact(t('inspector.regions'), count(known.regionCount)),
      exact(t('inspector.leaders'), count(known.leaderCount)),
      exact(t('inspector.diskFree'), bytes(known.freeBytes)),
      exact(t('inspector.diskTotal'), bytes(known.totalBytes)),
      exact(t('inspector.memory'), bytes(known.processUsedBytes)),
    ]
  }

  function coordinator({ coordinator: known, node }: Of<'coordinator'>): readonly InspectorField[] {
    if (known === undefined) return nodeFields(node)
    return [
      exact(t('inspector.nodeId'), known.nodeId),
      { term: t('inspector.isLeader'), text: yesNo(known.isLeader) },
      ...nodeFields(node),
      { term: t('inspector.answers'), text: yesNo(known.answers) },
      exact('term', known.term),
      exact('committed_index', known.committedIndex),
      exact('applied_index', known.appliedIndex),
    ]
  }

  function region({ detail }: Of<'region'>): readonly InspectorField[] {
    const { row } = detail
    return [
      exact('name', row.name),
      { term: t('inspector.table'), ...tableOf(row.tableId) },
      exact('state', row.state),
      exact('epoch', `${row.confVersion}-${row.version}`),
      storeField(t('inspector.leader'), row.leaderStoreId),
      { term: t('inspector.replicas'), entities: stores(row.storeIds) },
      { term: t('inspector.startKey'), key: { view: detail.startKey, end: 'start' } },
      { term: t('inspector.endKey'), key: { view: detail.endKey, end: 'end' } },
      exact('term', row.raft?.term),
      exact('first_index', row.raft?.firstIndex),
      exact('applied_index', row.raft?.appliedIndex),
      exact('committed_index', row.raft?.committedIndex),
      exact('last_index', row.raft?.lastIndex),
      exact(t('inspector.lag'), row.lag === undefined ? undefined : t('inspector.entries', { count: count(row.lag) })),
      exact(t('inspector.size'), bytes(row.sizeBytes)),
      exact(t('inspector.keys'), count(row.keyCount)),
      exact(t('inspector.engines'), `${row.storeEngine} · ${row.rawEngine}`),
      ...(detail.differing.length === 0
        ? []
        : [{ term: t('inspector.differing'), text: detail.differing.join(', '), exact: true, tone: 'alarm' as const }]),
    ]
  }

  const tableOf = (tableId: number): Partial<InspectorField> =>
    tableId === 0 ? { text: none } : { entities: [{ kind: 'table', tableId }] }

  function table({ detail }: Of<'table'>): readonly InspectorField[] {
    const { table: known } = detail
    const regionIds = detail.partitions.flatMap(({ regionId }) => (regionId === undefined ? [] : [regionId]))
    return [
      exact(t('inspector.tableId'), known.tableId),
      exact(t('inspector.schema'), known.schema),
      exact(t('inspector.columns'), count(detail.columns.length)),
      exact(t('inspector.keyColumns'), keyColumns(detail)),
      exact(t('inspector.partitions'), count(detail.partitions.length)),
      exact(t('inspector.copies'), count(known.replicas)),
      exact('engine', known.engine),
      { term: t('inspector.itsRegions'), entities: regionIds.map((regionId) => ({ kind: 'region', regionId })) },
      exact(t('inspector.size'), bytes(detail.sizeBytes)),
      exact(t('inspector.keys'), count(detail.keyCount)),
    ]
  }

  function key({ key: view, value }: Of<'key'>): readonly InspectorField[] {
    return [
      exact(t('inspector.key'), view.text),
      { term: t('inspector.table'), ...tableOf(view.tableId ?? 0) },
      value.regionId === undefined
        ? { term: t('inspector.region'), text: none }
        : { term: t('inspector.region'), entities: [{ kind: 'region', regionId: value.regionId }] },
      exact(t('inspector.valueSize'), value.value === undefined ? t('inspector.noValue') : bytes(value.value.length)),
    ]
  }

  function entry({ entry: known, regionId, storeId }: Of<'entry'>): readonly InspectorField[] {
    return [
      { term: t('inspector.region'), entities: [{ kind: 'region', regionId }] },
      storeField(t('inspector.store'), storeId),
      exact('index', known.index),
      exact('term', known.term),
      exact(t('inspector.entryKind'), known.kind),
      ...known.commands.map(({ type, summary }) => exact(type, summary)),
      exact(t('inspector.dataSize'), bytes(known.dataBytes)),
      exact(t('inspector.segment'), known.segment),
      exact(t('inspector.offset'), known.offset),
    ]
  }

  const time = (atMs: number | undefined) => (atMs === undefined ? none : formatDateTime(atMs, locale.value))

  function job({ job: known }: Of<'job'>): readonly InspectorField[] {
    return [
      exact(t('inspector.jobId'), known.jobId),
      exact(t('inspector.jobName'), known.name),
      exact(t('inspector.jobStatus'), known.status),
      { term: t('inspector.itsRegions'), entities: known.regionIds.map((regionId) => ({ kind: 'region', regionId })) },
      exact(t('inspector.jobCreated'), time(known.createdAtMs)),
      exact(t('inspector.jobUpdated'), time(known.updatedAtMs)),
      known.isFinished
        ? exact(t('inspector.jobFinished'), time(known.finishedAtMs))
        : { term: t('inspector.jobFinished'), text: t('inspector.jobUnderWay') },
      ...(known.lastError === undefined
        ? []
        : [{ term: t('inspector.lastError'), text: known.lastError, tone: 'alarm' as const }]),
    ]
  }

  return (inspected: Inspected): readonly InspectorField[] => {
    switch (inspected.kind) {
      case 'store':
        return store(inspected)
      case 'coordinator':
        return coordinator(inspected)
      case 'region':
        return region(inspected)
      case 'table':
        return table(inspected)
      case 'key':
        return key(inspected)
      case 'entry':
        return entry(inspected)
      case 'job':
        return job(inspected)
    }
  }
}

function keyColumns({ columns }: Of<'table'>['detail']): string {
  return columns
    .filter(({ keyPosition }) => keyPosition !== undefined)
    .sort((one, other) => (one.keyPosition ?? 0) - (other.keyPosition ?? 0))
    .map(({ name }) => name)
    .join(', ')
}
