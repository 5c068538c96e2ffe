import type { Table, TableDescription } from '../../client/cluster-client'
import { addressOf, storageEngineName } from '../../client/cluster-client'
import type { RangeDistribution } from '../../client/messages'
import { PartitionStrategy } from '../../client/messages'
import { bytesOf, hexOption } from './byte-arguments'
import type { Command } from './command'
import { withClient } from './connection'
import { chooseReplicas, engineOption, readEngine, readReplicas, replicasOption } from './creation-options'
import { exitStatus } from './exit-status'
import type { Option } from './option'
import { clusterOptions } from './option'
import { jsonLine } from './output'
import type { ParsedOptions } from './parsed-options'
import { refused } from './parsed-options'
import { readable } from './printable-bytes'
import { epochJson, rangeJson, stateName } from './shapes'
import { counted, textTable } from './text-table'

const schemaOption: Option = {
  name: 'schema',
  kind: 'text',
  placeholder: 'NAME',
  help: 'the schema of the table; DINGO if not given',
}

const createCommand: Command = {
  path: ['table', 'create'],
  words: 'NAME',
  summary: 'create a table and wait until it can be used',
  details: `Without --column a table has the columns key and value. Interrupting the wait leaves the table as it is: the cluster
goes on creating its regions.`,
  options: [
    schemaOption,
    {
      name: 'column',
      kind: 'text',
      placeholder: 'NAME:TYPE',
      repeatable: true,
      help: 'a column, for instance id:BIGINT; the first is the key unless --key says otherwise',
    },
    { name: 'key', kind: 'text', placeholder: 'NAME,...', help: 'the columns of the key' },
    {
      name: 'partitions',
      kind: 'text',
      placeholder: 'N',
      help: 'partitions, filled by the hash of the key; 1 if not given',
    },
    {
      name: 'split-at',
      kind: 'text',
      placeholder: 'KEY',
      repeatable: true,
      help: 'a partition starts at this key of the table; in place of --partitions',
    },
    hexOption,
    replicasOption,
    engineOption,
    { name: 'namespace', kind: 'text', placeholder: 'r|w', help: 'the first byte of the keys; r if not given' },
    { name: 'no-wait', kind: 'flag', help: 'return as soon as the table is decided on' },
    ...clusterOptions,
  ],
  async run(options, world) {
    const [name = ''] = options.expectWords('NAME')
    const description = readDescription(name, options)
    return withClient(world, options, 'writes', async (client) => {
      const replicas = await chooseReplicas(client, description, world)
      const table = await client.tables.create(
        { ...description, replicas },
        {
          wait: !options.flag('no-wait'),
          signal: world.signal,
          timeoutMs: options.wholeNumber('timeout', 1, 86_400_000) ?? 30_000,
          onProgress: ({ ready, total }) => {
            world.output.progress(`${String(ready)} of ${String(total)} regions have a leader`)
          },
        },
      )
      const regions = await client.tables.regions(table, { signal: world.signal })
      await world.output.write(
        options.flag('json')
          ? jsonLine(tableJson(table, regions))
          : `Created the table ${table.schema}.${table.name} (${String(table.tableId)}) with ${counted(regions.length, 'region')}.\n`,
      )
      return exitStatus.ok
    })
  },
}

const listCommand: Command = {
  path: ['table', 'list'],
  words: '',
  summary: 'list the tables',
  options: [{ ...schemaOption, help: 'only tables of this schema' }, ...clusterOptions],
  async run(options, world) {
    options.expectWords()
    return withClient(world, options, 'reads', async (client) => {
      const tables = await client.tables.list({ schema: options.text('schema'), signal: world.signal })
      if (options.flag('json')) {
        await world.output.write(jsonLine({ tables: tables.map((table) => tableJson(table)) }))
      } else {
        const rows = tables.map((table) => [
          String(table.tableId),
          table.schema,
          table.name,
          String(table.definition.tablePartition?.partitions.length ?? 0),
          String(table.definition.replica),
        ])
        await world.output.write(`${textTable(['ID', 'SCHEMA', 'NAME', 'PARTITIONS', 'REPLICAS'], rows)}\n`)
      }
      return exitStatus.ok
    })
  },
}

const showCommand: Command = {
  path: ['table', 'show'],
  words: 'NAME',
  summary: 'show a table with its columns and regions',
  options: [schemaOption, ...clusterOptions],
  async run(options, world) {
    const [name = ''] = options.expectWords('NAME')
    return withClient(world, options, 'reads', async (client) => {
      const table = await client.tables.get(name, { schema: options.text('schema'), signal: world.signal })
      const regions = await client.tables.regions(table, { signal: world.signal })
      await world.output.write(
        options.flag('json') ? jsonLine(tableJson(table, regions)) : `${tableText(table, regions)}\n`,
      )
      return exitStatus.ok
    })
  },
}

const dropCommand: Command = {
  path: ['table', 'drop'],
  words: 'NAME',
  summary: 'drop a table with all its data',
  options: [schemaOption, ...clusterOptions],
  async run(options, world) {
    const [name = ''] = options.expectWords('NAME')
    return withClient(world, options, 'writes', async (client) => {
      await client.tables.drop(name, { schema: options.text('schema'), signal: world.signal })
      await world.output.write(options.flag('json') ? jsonLine({ table: name, dropped: true }) : `Dropped ${name}.\n`)
      return exitStatus.ok
    })
  },
}

export const tableCommands: readonly Command[] = [createCommand, listCommand, showCommand, dropCommand]

function readDescription(name: string, options: ParsedOptions) {
  const splitAt = options.texts('split-at').map((key) => bytesOf('--split-at', key, options))
  const count = options.wholeNumber('partitions', 1, 1_024)
  if (splitAt.length > 0 && count !== undefined) throw refused('--split-at stands in place of --partitions')
  const columns = options.texts('column').map((text) => {
    const [, column = '', sqlType = ''] = /^([^:]+):(.+)$/.exec(text) ?? []
    if (column === '') throw refused(`--column "${text}" is no column`, 'A column is NAME:TYPE, for instance id:BIGINT')
    return { name: column, sqlType }
  })
  return {
    name,
    schema: options.text('schema'),
    ...(columns.length > 0 ? { columns } : {}),
    keyColumns: options.text('key')?.split(','),
    partitions: splitAt.length > 0 ? { boundaries: splitAt } : count,
    replicas: readReplicas(options),
    engine: readEngine(options),
    namespace: options.choice('namespace', ['r', 'w'] as const),
  } satisfies TableDescription
}

function tableJson(table: Table, regions?: readonly RangeDistribution[]) {
  const { definition } = table
  return {
    id: String(table.tableId),
    name: table.name,
    schema: table.schema,
    schemaId: String(table.schemaId),
    replicas: definition.replica,
    engine: storageEngineName(definition.storeEngine) ?? String(definition.storeEngine),
    partitionStrategy: strategyName(definition.tablePartition?.strategy),
    columns: definition.columns.map((column) => ({
      name: column.name,
      type: column.sqlType,
      nullable: column.nullable,
      keyPosition: column.indexOfKey < 0 ? null : column.indexOfKey,
    })),
    partitions: (definition.tablePartition?.partitions ?? []).map((partition) => ({
      id: partition.id?.entityId ?? 0n,
      name: partition.name,
      range: rangeJson(partition.range),
    })),
    ...(regions === undefined ? {} : { regions: regions.map(distributionJson) }),
  }
}

const distributionJson = (region: RangeDistribution) => ({
  id: region.id?.entityId ?? 0n,
  partitionId: region.id?.parentEntityId ?? 0n,
  state: stateName(region.status?.state ?? 0),
  range: rangeJson(region.range),
  epoch: epochJson(region.regionEpoch),
  leader: addressOf(region.leader) ?? null,
  voters: region.voters.map((voter) => addressOf(voter) ?? null),
})

function tableText(table: Table, regions: readonly RangeDistribution[]): string {
  const { definition } = table
  const columns = definition.columns.map((column) => [
    column.name,
    column.sqlType,
    column.indexOfKey < 0 ? '' : `key ${String(column.indexOfKey + 1)}`,
    column.nullable ? 'nullable' : '',
  ])
  const rows = regions.map((region) => [
    String(region.id?.entityId ?? 0n),
    String(region.id?.parentEntityId ?? 0n),
    stateName(region.status?.state ?? 0),
    addressOf(region.leader) ?? 'none',
    region.range === undefined ? '' : readable(region.range.startKey, 48),
    region.range === undefined ? '' : readable(region.range.endKey, 48),
  ])
  return [
    `${table.schema}.${table.name} (${String(table.tableId)}), ${counted(definition.replica, 'replica')}, partitioned by ${strategyName(definition.tablePartition?.strategy)}`,
    '',
    textTable(['COLUMN', 'TYPE', 'KEY', ''], columns),
    '',
    textTable(['REGION', 'PARTITION', 'STATE', 'LEADER', 'START', 'END'], rows),
  ].join('\n')
}

const strategyName = (strategy: PartitionStrategy | undefined): string =>
  strategy === PartitionStrategy.PT_STRATEGY_HASH ? 'hash' : 'range'
