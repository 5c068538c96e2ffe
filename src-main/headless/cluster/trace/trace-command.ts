import type { ClusterClient } from '../../../client/cluster-client'
import { addressOf } from '../../../client/cluster-client'
import type { ComposedRequest } from '../../../flow/flow-views'
import type { RemoteNodeAddress } from '../../../sandbox/stepping/remote-node'
import { hexOption, readBytes } from '../byte-arguments'
import type { Command, CommandWorld } from '../command'
import { connectionOptions, withClient } from '../connection'
import { exitStatus } from '../exit-status'
import { keyOptions, keyWords } from '../key-words'
import type { Option } from '../option'
import { clusterOptions } from '../option'
import { jsonLine } from '../output'
import type { ParsedOptions } from '../parsed-options'
import { refused } from '../parsed-options'
import { readable } from '../printable-bytes'
import { stepKeysHelp, stepWalk } from './step-walk'
import { traceJson } from './trace-json'
import { traceTree } from './trace-tree'
import { untilWhole } from './until-whole'

const traceOptions: readonly Option[] = [
  ...keyOptions,
  hexOption,
  { name: 'step', kind: 'flag', help: 'stop at every stage and go on by keys; all nodes stand still meanwhile' },
  { name: 'otlp', kind: 'text', placeholder: 'FILE', help: 'write the trace as OTLP JSON, too' },
  { name: 'mermaid', kind: 'text', placeholder: 'FILE', help: 'write it as a Mermaid sequence diagram, too' },
  ...clusterOptions,
]

const details = `The nodes must run on this machine, in whatever program. With --step: ${stepKeysHelp}.
What is stepped goes on when the command ends, however it ends.`

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')

const tracePutCommand: Command = {
  path: ['trace', 'put'],
  words: 'KEY VALUE',
  summary: 'write a value, and print the stages of the write on all nodes',
  details,
  options: traceOptions,
  async run(options, world) {
    const [keyWord, valueWord] = options.expectWords('KEY', 'VALUE')
    const key = await readBytes('KEY', keyWord, undefined, options, world)
    const value = await readBytes('VALUE', valueWord, undefined, options, world)
    return trace(options, world, key, (storeKey) => ({
      operation: 'KvPut',
      json: JSON.stringify({ kv: { key: base64(storeKey), value: base64(value) } }),
    }))
  },
}

const traceGetCommand: Command = {
  path: ['trace', 'get'],
  words: 'KEY',
  summary: 'read a value, and print the stages of the read on all nodes',
  details,
  options: traceOptions,
  async run(options, world) {
    const [keyWord] = options.expectWords('KEY')
    const key = await readBytes('KEY', keyWord, undefined, options, world)
    return trace(options, world, key, (storeKey) => ({
      operation: 'KvGet',
      json: JSON.stringify({ key: base64(storeKey) }),
    }))
  },
}

export const traceCommands: readonly Command[] = [tracePutCommand, traceGetCommand]

/** Runs an operation under trace and prints it. @returns the exit status */
function trace(
  options: ParsedOptions,
  world: CommandWorld,
  key: Uint8Array,
  requestOf: (storeKey: Uint8Array) => ComposedRequest,
): Promise<number> {
  const isStepped = options.flag('step')
  if (isStepped && options.flag('json')) throw refused('--step is for people, and --json for programs')
  return withClient(world, options, 'writes', async (client) => {
    const storeKey = (await keyWords(client, options)).encode(key)
    const nodes = await nodesOf(client, world.signal)
    const { coordinators, addressMap } = connectionOptions(options, world.environment, false)
    const reachable = nodes.map((node) => ({ ...node, address: addressMap.get(node.address) ?? node.address }))
    const describeKey = () => Promise.resolve(readable(key))
    const remote = await world.openStepping({ coordinators, nodes: reachable, describeKey })
    const { controller } = remote.stepping
    const names = new Map([[0, 'client'], ...nodes.map(({ nodeId, name }) => [nodeId, name] as const)])
    const nameOf = (nodeId: number) => names.get(nodeId) ?? `node ${String(nodeId)}`
    try {
      const stopWatching = controller.watch()
      const { traceId } = await remote.stepping.run(requestOf(storeKey), { step: isStepped })
      if (isStepped) await stepWalk(controller, traceId, nameOf, world)
      await untilWhole(controller, traceId, world.signal)
      stopWatching()
      const view = controller.trace(traceId)
      const json = options.flag('json')
      await world.output.write(json ? jsonLine(traceJson(view, nameOf)) : `${traceTree(view, nameOf)}\n`)
      for (const format of ['otlp', 'mermaid'] as const) {
        const file = options.text(format)
        if (file === undefined) continue
        await world.writeFile(file, new TextEncoder().encode(controller.export(traceId, format)))
      }
      return statusOf(view.summary.state)
    } finally {
      await remote.close()
    }
  })
}

function statusOf(state: string): number {
  if (state === 'done') return exitStatus.ok
  return state === 'unknown' ? exitStatus.outcomeUnknown : exitStatus.failed
}

/** The nodes that answer, coordinators first, each kind in the order of ids. */
async function nodesOf(client: ClusterClient, signal: AbortSignal): Promise<readonly RemoteNodeAddress[]> {
  const [coordinatorMap, storeMap] = await Promise.all([
    client.inspection.coordinatorMap({ signal }),
    client.inspection.storeMap({ signal }),
  ])
  const stores = (storeMap?.stores ?? []).flatMap(({ id, serverLocation }) => {
    const address = addressOf(serverLocation)
    return address === undefined ? [] : [{ nodeId: Number(id), address }]
  })
  const addresses = coordinatorMap.coordinatorLocations.flatMap((location) => addressOf(location) ?? [])
  const coordinators = await Promise.all(addresses.map((address) => coordinatorAt(client, address, signal)))
  return [
    ...named(
      'coordinator',
      coordinators.filter((node) => node !== undefined),
    ),
    ...named('store', stores),
  ]
}

async function coordinatorAt(client: ClusterClient, address: string, signal: AbortSignal) {
  try {
    const info = await client.inspection.node(address).nodeInfo({ signal, timeoutMs: COORDINATOR_WITHIN_MS })
    return info === undefined ? undefined : { nodeId: Number(info.id), address }
  } catch {
    // One that is down takes no part.
    return undefined
  }
}

const COORDINATOR_WITHIN_MS = 2_000

const named = (role: string, nodes: ReadonlyArray<Omit<RemoteNodeAddress, 'name'>>): RemoteNodeAddress[] =>
  [...nodes]
    .sort((one, other) => one.nodeId - other.nodeId)
    .map((node, position) => ({ ...node, name: `${role}-${String(position + 1)}` }))
