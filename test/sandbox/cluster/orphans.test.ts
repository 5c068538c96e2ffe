import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connectToCluster } from '../../../src-main/client/connect'
import { realEnv } from '../../../src-main/env/real'
import { requireCapabilityOfAll } from '../../support/capabilities'
import type { ClusterProcess } from '../../support/cluster-process'
import { startCluster } from '../../support/cluster-process'

let root: string
let cluster: ClusterProcess | undefined
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'dingo-orphans-'))
})
afterEach(async () => {
  await cluster?.kill()
  await rm(root, { recursive: true, force: true })
})

const start = async () => {
  const args = ['--coordinators', '1', '--stores', '1', '--mount', 'process', '--data-dir', join(root, 'cluster')]
  return (cluster = await startCluster([...args, '--base-port', '0']))
}

/** The holder of a node's folder, by its lock. */
async function processOf(name: string): Promise<number> {
  const text = await readFile(join(root, 'cluster', name, '.sandbox-lock'), 'utf8')
  return (JSON.parse(text) as { process: { pid: number } }).process.pid
}

/** What Linux says of a process: R, S, T and so on; undefined for one that is gone. */
async function stateOf(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8')
    const state = stat.slice(stat.lastIndexOf(')') + 2).charAt(0)
    return state === 'Z' || state === 'X' ? undefined : state
  } catch {
    // No such process.
    return undefined
  }
}

const until = async (isSo: () => Promise<boolean>) => {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10))
}

describe.runIf(process.platform === 'linux')('processes of nodes whose host was killed', () => {
  requireCapabilityOfAll('rocksdb')

  it('go with it; one that stood still is ended by the next start, which finds its data', async () => {
    const first = await start()
    const [coordinator, store] = [await processOf('coordinator-1'), await processOf('store-1')]
    const client = connectToCluster(realEnv(), { coordinators: first.ready.coordinators })
    const range = { startKey: Buffer.from('worphans-a'), endKey: Buffer.from('worphans-b') }
    await client.regions.create({ name: 'test', range })
    await client.kv.put(range.startKey, Buffer.from('one'))
    await client.close()

    process.kill(store, 'SIGSTOP')
    await until(async () => (await stateOf(store)) === 'T')
    await first.kill()
    await until(async () => (await stateOf(coordinator)) === undefined)
    expect(await stateOf(store)).toBe('T')

    const second = await start()
    expect(await stateOf(store)).toBeUndefined()
    expect(second.ready.nodes.map(({ state }) => state)).toEqual(['running', 'running'])
    const again = connectToCluster(realEnv(), { coordinators: second.ready.coordinators })
    expect(await again.kv.get(range.startKey)).toEqual(new Uint8Array(Buffer.from('one')))
    await again.close()
    expect(await second.stop()).toBe(0)
  })
})
