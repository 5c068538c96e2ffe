import { createServer } from 'node:net'
import type { Server } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Disk } from '../../../src-main/env'
import { realEnv } from '../../../src-main/env/real'
import type { Env } from '../../../src-main/env'
import { simulatedEnv } from '../../../src-main/env/simulated'
import type { ClusterOptions } from '../../../src-main/sandbox/cluster/cluster-options'
import { choosePorts, wantedPorts } from '../../../src-main/sandbox/cluster/cluster-ports'
import { WORKSPACE_VERSION } from '../../../src-main/sandbox/cluster/cluster-record'
import { topologyNodes } from '../../../src-main/sandbox/cluster/cluster-topology'
import { openClusterWorkspace } from '../../../src-main/sandbox/cluster/cluster-workspace'
import { DEFAULT_NODE_SETTINGS } from '../../../src-main/sandbox/node/node-settings'

let env: Env
let disk: Disk
beforeEach(() => {
  env = simulatedEnv({ seed: 1 }).addNode('host').env
  disk = env.disk
})

const open = (options: Partial<ClusterOptions> = {}) =>
  openClusterWorkspace({ env, directory: '/w', mount: 'inline', ...options })
const reopen = async (first: Partial<ClusterOptions>, second: Partial<ClusterOptions> = {}) => {
  await (await open(first)).close()
  return open(second)
}
const readStored = async () =>
  JSON.parse(new TextDecoder().decode(await disk.readFile('/w/workspace.json'))) as Record<string, unknown>
const store = (value: unknown) => disk.replaceFile('/w/workspace.json', new TextEncoder().encode(JSON.stringify(value)))

describe('the workspace of a cluster', () => {
  it('says what the cluster is, in the form of this version', async () => {
    const { record } = await open({ topology: { coordinators: 1, stores: 2 }, engine: 'level' })
    expect(await readStored()).toEqual({ version: WORKSPACE_VERSION, ...record })
    expect(record).toMatchObject({
      topology: { coordinators: 1, stores: 2 },
      engine: 'level',
      host: '127.0.0.1',
      settings: DEFAULT_NODE_SETTINGS,
      ports: [
        { nodeId: 22_001, serverPort: 22_001, raftPort: 22_101 },
        { nodeId: 20_001, serverPort: 20_001, raftPort: 20_101 },
        { nodeId: 20_002, serverPort: 20_002, raftPort: 20_102 },
      ],
    })
  })

  it('opens again as the same cluster, without being told what it is', async () => {
    const first = await open({ topology: { coordinators: 1, stores: 9 }, engine: 'memory', basePort: 30_000 })
    await first.close()
    const second = await open()
    expect(second.record).toEqual(first.record)
  })

  it('is held while it is open', async () => {
    const first = await open()
    await expect(open()).rejects.toMatchObject({ code: 'DISK_LOCKED' })
    await first.close()
    await (await open()).close()
  })

  it('refuses to become another cluster, and names every difference', async () => {
    const asked = { topology: { stores: 5 }, engine: 'level' as const }
    await expect(reopen({}, asked)).rejects.toMatchObject({
      code: 'WORKSPACE_MISMATCH',
      details: { mismatches: ['it has 3 stores, not 5', 'its engine is rocksdb, not level'] },
    })
    // The refusal let go of it.
    await (await open()).close()
  })

  it('keeps settings, and takes new ones over for good', async () => {
    await (await open({ settings: { storeHeartbeatMs: 500 } })).close()
    await (await open({ settings: { readMode: 'lease' } })).close()
    const { record } = await open()
    expect(record.settings).toEqual({ ...DEFAULT_NODE_SETTINGS, storeHeartbeatMs: 500, readMode: 'lease' })
  })

  it('of a newer version is refused untouched, with a way out', async () => {
    await (await open()).close()
    const newer = { version: WORKSPACE_VERSION + 1, everything: 'else' }
    await store(newer)
    await expect(open()).rejects.toMatchObject({
      code: 'WORKSPACE_VERSION',
      message: expect.stringContaining('newer program') as string,
    })
    expect(await readStored()).toEqual(newer)
  })

  it('without settings that came later opens with their defaults', async () => {
    await (await open()).close()
    const stored = await readStored()
    await store({ ...stored, settings: { raft: { tickMs: 50 } } })
    const { record } = await open()
    expect(record.settings).toEqual({
      ...DEFAULT_NODE_SETTINGS,
      raft: { ...DEFAULT_NODE_SETTINGS.raft, tickMs: 50 },
    })
  })

  it('that is damaged is refused, naming the place', async () => {
    await (await open()).close()
    const stored = await readStored()
    await store({ ...stored, topology: { coordinators: 3, stores: 'many' } })
    await expect(open()).rejects.toMatchObject({
      code: 'WORKSPACE_DAMAGED',
      message: expect.stringContaining('topology.stores') as string,
    })
    await disk.replaceFile('/w/workspace.json', new TextEncoder().encode('{"version": 1, "clu'))
    await expect(open()).rejects.toMatchObject({ code: 'WORKSPACE_DAMAGED' })
  })

  it('refuses what no cluster can be, before anything is written', async () => {
    const refused: Array<Partial<ClusterOptions>> = [
      { topology: { coordinators: 0 } },
      { topology: { coordinators: 6 } },
      { topology: { stores: 10 } },
      { topology: { stores: 1.5 } },
      { basePort: 65_400 },
      { mount: 'worker' },
    ]
    for (const options of refused) await expect(open(options)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
    expect(await disk.status('/w')).toBeUndefined()
  })

  it('has what an earlier host left running in it ended before its ports are looked at', async () => {
    const first = await open({ topology: { coordinators: 1, stores: 1 } })
    await first.close()
    const directories: string[] = []
    const asked = openClusterWorkspace({ env, directory: '/w', mount: 'inline' }, async (nodes) => {
      await expect(env.disk.lock('/w')).rejects.toMatchObject({ code: 'DISK_LOCKED' })
      directories.push(...nodes)
      throw new Error('It does not end.')
    })
    await expect(asked).rejects.toThrow('It does not end.')
    expect(directories).toEqual(['/w/coordinator-1', '/w/store-1'])
    // The failure let go of it.
    await (await open()).close()
  })

  it('that is ephemeral goes at the next start if its host was killed, and only then', async () => {
    const node = simulatedEnv({ seed: 1 }).addNode('host')
    const openIn = (world: Env) => openClusterWorkspace({ env: world, directory: undefined, mount: 'inline' })
    const killed = await openIn(node.env)
    await node.env.disk.makeDirectory(`${killed.directory}/store-1/data`)
    // Its host was killed before it had taken it, or has not taken it yet.
    const halfMade = killed.directory.replace(/[0-9a-f]+$/, 'ffffffff')
    await node.env.disk.makeDirectory(halfMade)
    node.kill()
    const world = node.restart()
    const [first, second] = [await openIn(world), await openIn(world)]
    expect(await world.disk.status(killed.directory)).toBeUndefined()
    for (const directory of [halfMade, first.directory, second.directory]) {
      expect(await world.disk.status(directory)).toMatchObject({ kind: 'directory' })
    }
  })

  it('that is ephemeral lies in a folder of its own, which goes when it closes', async () => {
    const [first, second] = [await open({ directory: undefined }), await open({ directory: undefined })]
    expect(first.directory).not.toBe(second.directory)
    expect(await disk.status(first.directory)).toMatchObject({ kind: 'directory' })
    await first.close()
    await first.close()
    expect(await disk.status(first.directory)).toBeUndefined()
    expect(await disk.status(second.directory)).toMatchObject({ kind: 'directory' })
  })
})

describe('the ports of a cluster', () => {
  const { network } = realEnv()
  const servers: Server[] = []
  const occupy = () =>
    new Promise<number>((resolve) => {
      const server = createServer()
      servers.push(server)
      server.listen(0, '127.0.0.1', () => {
        const address = server.address()
        resolve(typeof address === 'object' && address !== null ? address.port : 0)
      })
    })
  afterEach(() => {
    for (const server of servers.splice(0)) server.close()
  })

  it('are the ones of DingoDB’s scripts, or lie behind a base port', () => {
    const nodes = topologyNodes({ coordinators: 1, stores: 1 })
    expect(nodes.map((node) => wantedPorts(node, undefined))).toEqual([
      { nodeId: 22_001, serverPort: 22_001, raftPort: 22_101 },
      { nodeId: 20_001, serverPort: 20_001, raftPort: 20_101 },
    ])
    expect(nodes.map((node) => wantedPorts(node, 30_000))).toEqual([
      { nodeId: 22_001, serverPort: 30_001, raftPort: 30_101 },
      { nodeId: 20_001, serverPort: 30_201, raftPort: 30_301 },
    ])
  })

  it('never meet in the largest cluster', () => {
    for (const basePort of [undefined, 30_000]) {
      const ports = topologyNodes({ coordinators: 5, stores: 9 }).flatMap((node) => {
        const { serverPort, raftPort } = wantedPorts(node, basePort)
        return [serverPort, raftPort]
      })
      expect(new Set(ports).size).toBe(28)
    }
  })

  it('are whatever is free where the base port is 0', async () => {
    const wanted = topologyNodes({ coordinators: 2, stores: 2 }).map((node) => wantedPorts(node, 0))
    const { ports, changes } = await choosePorts(network, '127.0.0.1', wanted)
    const all = ports.flatMap(({ serverPort, raftPort }) => [serverPort, raftPort])
    expect(new Set(all).size).toBe(8)
    expect(all).not.toContain(0)
    expect(changes).toEqual([])
  })

  it('that are taken are exchanged for free ones, and told', async () => {
    const taken = await occupy()
    const other = await occupy()
    servers.pop()?.close()
    const { ports, changes } = await choosePorts(network, '127.0.0.1', [
      { nodeId: 1, serverPort: taken, raftPort: other },
      { nodeId: 2, serverPort: taken, raftPort: taken },
    ])
    expect(ports[0]).toMatchObject({ nodeId: 1, raftPort: other })
    expect(changes.map(({ nodeId, use, wantedPort }) => ({ nodeId, use, wantedPort }))).toEqual([
      { nodeId: 1, use: 'server', wantedPort: taken },
      { nodeId: 2, use: 'server', wantedPort: taken },
      { nodeId: 2, use: 'raft', wantedPort: taken },
    ])
    const all = ports.flatMap(({ serverPort, raftPort }) => [serverPort, raftPort])
    expect(new Set(all).size).toBe(4)
    expect(all).not.toContain(taken)
    expect(all).not.toContain(0)
  })

  it('are free again for the nodes when they are chosen', async () => {
    const port = await occupy()
    servers.pop()?.close()
    const wanted = [{ nodeId: 1, serverPort: port, raftPort: port + 1 }]
    const first = await choosePorts(network, '127.0.0.1', wanted)
    expect(await choosePorts(network, '127.0.0.1', first.ports)).toEqual({ ports: first.ports, changes: [] })
  })
})
