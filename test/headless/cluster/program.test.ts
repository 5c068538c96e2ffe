import { createServer } from 'node:http2'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ClusterProcess } from '../../support/cluster-process'
import { startCluster } from '../../support/cluster-process'
import { hasCapability, requireCapabilityOfAll } from '../../support/capabilities'
import type { Run } from './program'
import { runProgram } from './program'

// The command itself against a cluster of the built program: what commands.test.ts asserts of shapes, this asserts of the whole.

let root: string
let cluster: ClusterProcess
const clusterArguments = () => ['--coordinators', '1', '--stores', '1', '--data-dir', join(root, 'cluster')]
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'dingo-program-'))
  if (await hasCapability('rocksdb')) cluster = await startCluster([...clusterArguments(), '--base-port', '0'])
}, 60_000)
afterAll(async () => {
  if (await hasCapability('rocksdb')) await cluster.kill()
  await rm(root, { recursive: true, force: true })
})

/** A command against the cluster. */
const run = (...args: readonly string[]) =>
  runProgram([...args, '--coordinators', cluster.ready.coordinators.join(',')])
/** The same with `--json`, and its one document. */
const json = async (...args: readonly string[]) => {
  const { status, stdout, stderr } = await run(...args, '--json')
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' })
  return JSON.parse(stdout) as Record<string, unknown>
}
const done = (stdout: string | RegExp): Run => ({
  status: 0,
  stdout: (typeof stdout === 'string' ? stdout : expect.stringMatching(stdout)) as string,
  stderr: '',
})

describe('the program on a cluster', () => {
  requireCapabilityOfAll('rocksdb')

  it('creates, lists, shows and drops tables, with as many copies as there are stores', async () => {
    const created = await run('table', 'create', 'people', '--partitions', '2')
    expect(created).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^Created the table DINGO\.people \(\d+\) with 2 regions\.\n$/) as string,
      stderr: 'The cluster has 1 store, so that each region has 1 copy in place of 3.\n',
    })
    expect(await json('table', 'create', 'things', '--replicas', '1')).toMatchObject({
      name: 'things',
      schema: 'DINGO',
      replicas: 1,
      partitions: [{ name: 'p0' }],
      regions: [{ state: 'NORMAL', leader: cluster.ready.stores[0] }],
    })
    expect(await run('table', 'list')).toEqual(done(/ DINGO +people +2 +1\n.* DINGO +things +1 +1\n$/))
    expect(await json('table', 'list')).toMatchObject({ tables: [{ name: 'people' }, { name: 'things' }] })
    expect(await run('table', 'show', 'people')).toEqual(
      done(/^DINGO\.people \(\d+\), 1 replica, partitioned by hash\n/),
    )
    expect(await json('table', 'show', 'people')).toMatchObject({ replicas: 1, partitionStrategy: 'hash' })
    expect(await run('table', 'drop', 'people')).toEqual(done('Dropped people.\n'))
    expect(await json('table', 'drop', 'things')).toEqual({ table: 'things', dropped: true })
    expect(await json('table', 'list')).toEqual({ tables: [] })
    expect((await run('table', 'show', 'people')).status).toBe(3)
    expect((await run('table', 'drop', 'people', '--json')).status).toBe(3)
  })

  it('creates, lists, shows and drops regions', async () => {
    const created = await run('region', 'create', 'mine', 'wregion-a', 'wregion-b')
    expect(created).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^Created the region \d+\.\n$/) as string,
    })
    const id = /\d+/.exec(created.stdout)?.[0] ?? ''
    const other = await json('region', 'create', 'other', 'wregion-b', 'wregion-c', '--replicas', '1')
    expect(other).toMatchObject({ name: 'other', replicas: 1, created: true })
    expect(await run('region', 'list')).toEqual(done(/ mine.* NORMAL .* 20001 .* wregion-a +wregion-b\n/))
    const listed = (await json('region', 'list')) as { regions: Array<{ id: string }> }
    expect(listed.regions.map((region) => region.id)).toEqual(expect.arrayContaining([id, String(other['id'])]))
    expect(await run('region', 'show', id)).toEqual(done(/: NORMAL, epoch \d+-\d+\nfrom wregion-a up to wregion-b\n/))
    expect(await json('region', 'show', id)).toMatchObject({ id, state: 'NORMAL', leaderStoreId: '20001' })
    expect(await run('region', 'drop', id)).toEqual(done(`Dropped the region ${id}.\n`))
    expect(await json('region', 'drop', String(other['id']))).toEqual({ id: other['id'], dropped: true })
    expect((await run('region', 'show', '987654321')).status).toBe(3)
  })

  it('puts, gets, deletes and scans text, hex, files and standard input', async () => {
    await json('table', 'create', 'kv', '--replicas', '1')
    const table = ['--table', 'kv']
    expect(await run('put', 'a', 'one', ...table)).toEqual(done(''))
    expect(await run('get', 'a', ...table)).toEqual(done('one\n'))
    expect(await run('put', '00ff', 'fffe', '--hex', ...table)).toEqual(done(''))
    expect(await run('get', '00ff', '--hex', ...table)).toEqual(done('fffe\n'))
    expect(await json('get', '00ff', '--hex', ...table)).toMatchObject({ found: true, value: { hex: 'fffe' } })
    expect(await run('put', 'empty', '', ...table)).toEqual(done(''))
    expect(await json('get', 'empty', ...table)).toMatchObject({ found: true, value: { hex: '', text: '' } })

    const [input, output] = [join(root, 'in'), join(root, 'out')]
    const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index % 251)
    await writeFile(input, bytes)
    expect(await run('put', 'file', '--value-file', input, ...table)).toEqual(done(''))
    expect(await run('get', 'file', '--output', output, ...table)).toEqual(done(''))
    expect(new Uint8Array(await readFile(output))).toEqual(bytes)
    const connection = ['--coordinators', cluster.ready.coordinators.join(',')]
    expect(await runProgram(['put', 'piped', '-', ...table, ...connection], 'from outside')).toEqual(done(''))
    expect(await run('get', 'piped', '--output', '-', ...table)).toEqual(done('from outside'))
    expect(await json('put', 'b', 'two', ...table)).toMatchObject({ key: { text: 'b' }, written: true })

    expect(await run('scan', 'a', 'c', ...table)).toEqual(done('a\tone\nb\ttwo\n'))
    expect(await run('scan', '61', '63', '--hex', ...table)).toEqual(done('61\t6f6e65\n62\t74776f\n'))
    expect((await run('scan', '--prefix', 'b', '--json', ...table)).stdout).toBe(
      '{"key":{"hex":"62","text":"b"},"value":{"hex":"74776f","text":"two"}}\n',
    )
    expect(await json('scan', '--count', ...table)).toEqual({ count: 6 })
    expect(await run('scan', '--keys', '--limit', '2', ...table)).toEqual(done('0x00ff\na\n'))

    expect(await run('delete', 'a', ...table)).toEqual(done(''))
    expect(await json('delete', 'b', ...table)).toMatchObject({ existed: true })
    expect(await json('delete', 'b', ...table)).toMatchObject({ existed: false })
    expect(await run('get', 'a', ...table)).toEqual({ status: 3, stdout: '', stderr: 'The key a has no value.\n' })
  })

  it('shows the state of the cluster', async () => {
    expect(await run('status')).toEqual(
      done(/^COORDINATOR\n\S+ +leader\n\nSTORE[^\n]*\n20001 +NORMAL .*\nRegions: .* degraded\n$/s),
    )
    expect(await json('status')).toMatchObject({
      coordinators: [{ address: cluster.ready.coordinators[0], leader: true }],
      stores: [{ id: '20001', state: 'NORMAL', server: cluster.ready.stores[0] }],
      regions: { withoutLeader: 0, degraded: 0 },
    })
  })

  it('tells with its exit status what came of a command', async () => {
    expect((await run('get', 'wnowhere')).status).toBe(3)
    expect(await run('gett', 'k')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('Is "get" meant?') as string,
    })
    const unreachable = await runProgram(['status', '--timeout', '300', '--coordinators', '127.0.0.1:1', '--json'])
    expect(unreachable).toMatchObject({ status: 1, stdout: '' })
    expect(JSON.parse(unreachable.stderr)).toMatchObject({ error: { code: expect.stringMatching(/^RPC_/) as string } })
  })

  it('says that the outcome is unknown when a store takes a write and never answers', async () => {
    await json('table', 'create', 'silent', '--replicas', '1')
    const silent = createServer(() => undefined)
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const address = silent.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const detour = ['--address', `${cluster.ready.stores[0] ?? ''}=127.0.0.1:${String(port)}`]
    try {
      const outcome = await run('put', 'a', 'one', '--table', 'silent', '--timeout', '1500', ...detour)
      expect(outcome).toMatchObject({ status: 4, stderr: expect.stringMatching(/^CLIENT_OUTCOME_UNKNOWN: /) as string })
    } finally {
      silent.close()
    }
  })
})

describe('the program of a cluster', () => {
  requireCapabilityOfAll('rocksdb')

  it('ends in order on SIGTERM, and finds its data and its ports again', async () => {
    const connection = () => ['--coordinators', cluster.ready.coordinators.join(',')]
    await runProgram(['table', 'create', 'kept', ...connection()])
    await runProgram(['put', 'a', 'one', '--table', 'kept', ...connection()])
    const { coordinators, stores } = cluster.ready
    expect(await cluster.stop()).toBe(0)
    cluster = await startCluster(clusterArguments())
    expect(cluster.ready).toMatchObject({ coordinators, stores })
    expect((await runProgram(['get', 'a', '--table', 'kept', ...connection()])).stdout).toBe('one\n')
  })

  it('finds every acknowledged pair of a table without replication again when it was killed', async () => {
    const connection = () => ['--coordinators', cluster.ready.coordinators.join(',')]
    expect(await runProgram(['table', 'create', 'alone', '--engine', 'mono', ...connection()])).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^Created the table DINGO\.alone \(\d+\) with 1 region\.\n$/) as string,
      stderr: '',
    })
    const values = ['one', 'two', 'three']
    for (const value of values) await runProgram(['put', value, value, '--table', 'alone', ...connection()])
    await cluster.kill()
    cluster = await startCluster(clusterArguments())
    for (const value of values) {
      expect(await runProgram(['get', value, '--table', 'alone', ...connection()])).toEqual(done(`${value}\n`))
    }
    const traced = await runProgram(['trace', 'put', 'four', 'four', '--table', 'alone', ...connection()])
    expect(traced).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/ rawEngine\.write .*one replica/) as string,
    })
    expect(traced.stdout).not.toMatch(/raftNode|raft\.send|log\.append/)
    expect(await runProgram(['table', 'drop', 'alone', ...connection()])).toEqual(done('Dropped alone.\n'))
  })

  it('refuses at once what stores would refuse', async () => {
    const connection = () => ['--coordinators', cluster.ready.coordinators.join(',')]
    expect(await runProgram(['table', 'create', 'a', '--engine', 'memory', ...connection()])).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^DINGODB_ERROR: .*STORE_ENG_MEMORY: ask for STORE_ENG_RAFT_STORE/) as string,
    })
    const many = ['region', 'create', 'b', 'wb-------a', 'wb-------b', '--engine', 'mono', '--replicas', '3']
    expect(await runProgram([...many, ...connection()])).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/has one replica, not 3/) as string,
    })
  })

  it('says which node did not come up, and goes on without it', async () => {
    const directory = join(root, 'damaged')
    const args = ['--coordinators', '1', '--stores', '2', '--data-dir', directory, '--base-port', '0']
    const first = await startCluster(args)
    expect(await first.stop()).toBe(0)
    await rm(join(directory, 'store-2', 'data'), { recursive: true })
    await writeFile(join(directory, 'store-2', 'data'), 'no folder')
    const second = await startCluster(args)
    try {
      expect(second.ready.nodes).toMatchObject([
        { name: 'coordinator-1', state: 'running', error: null },
        { name: 'store-1', state: 'running', error: null },
        { name: 'store-2', state: 'failed', error: { code: expect.any(String) as string } },
      ])
    } finally {
      expect(await second.stop()).toBe(0)
    }
    expect(second.complaints()).toMatch(/^store-2 failed: [A-Z_]+: .*\n.*The cluster works without store-2\.\n/)
    expect(second.complaints()).not.toContain('[object Object]')
  })

  it('leaves nothing of an ephemeral cluster, not even of one that was killed', async () => {
    const temporary = await mkdtemp(join(root, 'tmp-'))
    const args = ['--coordinators', '1', '--stores', '1', '--ephemeral', '--base-port', '0']
    const environment = { TMPDIR: temporary, TEMP: temporary, TMP: temporary }
    const first = await startCluster(args, undefined, environment)
    expect(await readdir(temporary)).toHaveLength(1)
    await first.kill()
    expect(await readdir(temporary)).toHaveLength(1)
    const second = await startCluster(args, undefined, environment)
    expect(await readdir(temporary)).toHaveLength(1)
    expect(await second.stop()).toBe(0)
    expect(await readdir(temporary)).toEqual([])
  })
})
