import type { Region } from '../../client/messages'
import { PeerRole } from '../../client/messages'
import { bytesOf, hexOption } from './byte-arguments'
import type { Command } from './command'
import { withClient } from './connection'
import { chooseReplicas, engineOption, readEngine, readReplicas, replicasOption } from './creation-options'
import { exitStatus } from './exit-status'
import { clusterOptions } from './option'
import { jsonLine } from './output'
import type { ParsedOptions } from './parsed-options'
import { refused } from './parsed-options'
import { readable } from './printable-bytes'
import { addressJson, regionJson, stateName } from './shapes'
import { textTable } from './text-table'

const listCommand: Command = {
  path: ['region', 'list'],
  words: '',
  summary: 'list the regions',
  options: clusterOptions,
  async run(options, world) {
    options.expectWords()
    return withClient(world, options, 'reads', async (client) => {
      const regions = await client.regions.list({ signal: world.signal })
      if (options.flag('json')) {
        await world.output.write(jsonLine({ regions: regions.map(regionJson) }))
      } else {
        const rows = regions.map((region) => [
          String(region.id),
          region.definition?.name ?? '',
          stateName(region.state),
          epochText(region),
          region.leaderStoreId === 0n ? 'none' : String(region.leaderStoreId),
          (region.definition?.peers ?? []).map((peer) => String(peer.storeId)).join(' '),
          ...rangeText(region),
        ])
        const headings = ['ID', 'NAME', 'STATE', 'EPOCH', 'LEADER', 'STORES', 'START', 'END']
        await world.output.write(`${textTable(headings, rows)}\n`)
      }
      return exitStatus.ok
    })
  },
}

const showCommand: Command = {
  path: ['region', 'show'],
  words: 'ID',
  summary: 'show a region with its peers',
  options: clusterOptions,
  async run(options, world) {
    const regionId = readRegionId(options)
    return withClient(world, options, 'reads', async (client) => {
      const region = await client.regions.get(regionId, { signal: world.signal })
      if (options.flag('json')) await world.output.write(jsonLine(regionJson(region)))
      else await world.output.write(`${regionText(region)}\n`)
      return exitStatus.ok
    })
  },
}

const createCommand: Command = {
  path: ['region', 'create'],
  words: 'NAME START END',
  summary: 'create a region outside of any table and wait until it has a leader',
  details: 'START and END begin with the same namespace byte (r, t, w or x) and are at least 8 bytes long.',
  options: [
    hexOption,
    replicasOption,
    engineOption,
    { name: 'no-wait', kind: 'flag', help: 'return as soon as the region is decided on' },
    ...clusterOptions,
  ],
  async run(options, world) {
    const [name = '', start = '', end = ''] = options.expectWords('NAME', 'START', 'END')
    const range = { startKey: bytesOf('START', start, options), endKey: bytesOf('END', end, options) }
    return withClient(world, options, 'writes', async (client) => {
      const engine = readEngine(options)
      const replicas = await chooseReplicas(client, { replicas: readReplicas(options), engine }, world)
      const description = { name, range, replicas, engine }
      const regionId = await client.regions.create(description, {
        wait: !options.flag('no-wait'),
        signal: world.signal,
        timeoutMs: options.wholeNumber('timeout', 1, 86_400_000) ?? 30_000,
        onProgress: (region) => {
          world.output.progress(`The region ${String(region.id)} is ${stateName(region.state)}`)
        },
      })
      const json = jsonLine({ id: String(regionId), name, replicas, created: true })
      await world.output.write(options.flag('json') ? json : `Created the region ${String(regionId)}.\n`)
      return exitStatus.ok
    })
  },
}

const dropCommand: Command = {
  path: ['region', 'drop'],
  words: 'ID',
  summary: 'drop a region with all its data',
  options: clusterOptions,
  async run(options, world) {
    const regionId = readRegionId(options)
    return withClient(world, options, 'writes', async (client) => {
      await client.regions.drop(regionId, { signal: world.signal })
      const json = jsonLine({ id: String(regionId), dropped: true })
      await world.output.write(options.flag('json') ? json : `Dropped the region ${String(regionId)}.\n`)
      return exitStatus.ok
    })
  },
}

export const regionCommands: readonly Command[] = [listCommand, showCommand, createCommand, dropCommand]

function readRegionId(options: ParsedOptions): number {
  const [word = ''] = options.expectWords('ID')
  const regionId = Number(word)
  if (/^\d+$/.test(word) && Number.isSafeInteger(regionId) && regionId > 0) return regionId
  throw refused(`"${word}" is no id of a region`, 'An id is a whole number above 0; see region list')
}

const epochText = ({ definition }: Region): string =>
  `${String(definition?.epoch?.confVersion ?? 0n)}-${String(definition?.epoch?.version ?? 0n)}`

const rangeText = ({ definition }: Region): readonly string[] =>
  definition?.range === undefined
    ? ['', '']
    : [readable(definition.range.startKey, 48), readable(definition.range.endKey, 48)]

function regionText(region: Region): string {
  const { definition } = region
  const [start = '', end = ''] = rangeText(region)
  const peers = (definition?.peers ?? []).map((peer) => [
    String(peer.storeId),
    PeerRole[peer.role] ?? String(peer.role),
    addressJson(peer.serverLocation) ?? '',
    addressJson(peer.raftLocation) ?? '',
    peer.storeId === region.leaderStoreId ? 'leader' : '',
  ])
  return [
    `${definition?.name ?? ''} (${String(region.id)}): ${stateName(region.state)}, epoch ${epochText(region)}`,
    `from ${start} up to ${end}`,
    '',
    textTable(['STORE', 'ROLE', 'SERVER', 'RAFT', ''], peers),
  ].join('\n')
}
