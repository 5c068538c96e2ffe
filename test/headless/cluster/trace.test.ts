import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { connectToCluster } from '../../../src-main/client/connect'
import { putStages } from '../../../src-main/flow/stages'
import { SteppingWorld, gate, keyOf } from '../../sandbox/stepping/stepping-world'
import { CommandLine } from './support'

let world: SteppingWorld
let line: CommandLine

beforeAll(async () => {
  world = await SteppingWorld.open()
}, 60_000)
afterAll(() => world.close())

beforeEach(() => {
  line = new CommandLine()
  line.environment['DINGO_SANDBOX_COORDINATORS'] = world.host.addresses().coordinators.join()
  line.connect = (options) => connectToCluster(world.env, options)
})

interface Traced {
  readonly state: string
  readonly key: string
  readonly regionId: string
  readonly stages: ReadonlyArray<{ readonly node: string; readonly stage: string; readonly before: unknown[] }>
}

describe('trace put', () => {
  it('writes, and prints the stages on all nodes as a tree with times', async () => {
    const { status, stdout, stderr } = await line.run('trace', 'put', 'r-test--cli', 'hello')
    expect([status, stderr]).toEqual([0, ''])
    expect(await world.client.kv.get(keyOf('cli'))).toEqual(new TextEncoder().encode('hello'))
    const lines = stdout.split('\n')
    expect(lines[0]).toMatch(/^KvPut of r-test--cli in region \d+: done after [\d.]+ ms$/)
    expect(lines[2]).toMatch(/^ *AT MS +TOOK MS +STAGE +WHY/)
    expect(lines[3]).toMatch(/^ *[\d.]+ +[\d.]+ +\* +client client\.kvPut +The coordinators say/)
    for (const stage of putStages) expect(stdout).toContain(` ${stage} `)
    // The leader is below the client, followers below it, parts below their stage.
    expect(stdout).toMatch(/\* {4}store-\d service\.validate/)
    expect(stdout).toMatch(/ {5}store-\d raft\.receive/)
    expect(stdout).toMatch(/ {7}store-\d log\.record/)
  })

  it('prints all data of each stage as JSON, and writes both exports', async () => {
    const traced = (await line.json(
      ...['trace', 'put', 'r-test--json', 'hello', '--otlp', 'o.json', '--mermaid', 'm.mmd'],
    )) as Traced
    expect(traced).toMatchObject({ state: 'done', key: 'r-test--json', regionId: String(world.regionId) })
    expect(traced.stages.filter(({ stage }) => stage === 'rawEngine.write')).toHaveLength(3)
    const [first] = traced.stages
    expect(first).toMatchObject({
      node: 'client',
      stage: 'client.kvPut',
      before: [{ type: 'dingodb.pb.store.KvPutRequest', content: { kv: { key: 'r-test--json', value: 'hello' } } }],
    })
    const otlp = JSON.parse(Buffer.from(line.files.get('o.json') ?? []).toString()) as { resourceSpans: unknown[] }
    expect(otlp.resourceSpans).toHaveLength(4)
    expect(Buffer.from(line.files.get('m.mmd') ?? []).toString()).toMatch(/^sequenceDiagram\n/)
  })

  it('walks through the stages by keys, with the data of each', async () => {
    line.keys = 'ooooo\nc'
    const { status, stderr, stdout } = await line.run('trace', 'put', 'r-test--steps', 'hello', '--step')
    expect(status).toBe(0)
    const stops = [...stderr.matchAll(/── (\S+) on (\S+)/g)].map(([, stage]) => stage)
    expect(stops.slice(0, 6)).toEqual(putStages.slice(0, 6))
    expect(stderr).toContain('takes request (dingodb.pb.store.KvPutRequest')
    expect(stderr).toContain('"key": "r-test--steps"')
    expect(stdout).toContain('done after')
  })

  it.each([
    ['q', 'is let go by q'],
    ['', 'goes on when there are no more keys'],
  ])('with the keys "%s" %s', async (keys) => {
    line.keys = keys
    const { status } = await line.run('trace', 'put', `r-test--let-go-${keys}`, 'hello', '--step')
    expect(status).toBe(0)
    expect(await world.client.kv.get(keyOf(`let-go-${keys}`))).toEqual(new TextEncoder().encode('hello'))
  })

  it('is refused while the program of the nodes stops operations itself', async () => {
    const stopWatching = world.controller.watch()
    const { gateId } = await world.controller.addGate(gate({ stage: 'storage.kvPut' }))
    const refused = await line.run('trace', 'put', 'r-test--refused', 'hello')
    expect([refused.status, refused.stderr]).toEqual([1, expect.stringMatching(/^FLOW_BUSY: /)])
    expect(await world.client.kv.get(keyOf('refused'))).toBeUndefined()
    await world.controller.removeGate(gateId)
    stopWatching()
  })

  it.each([
    [['trace', 'put', 'a'], 'VALUE is missing'],
    [['trace', 'put', 'a', 'b', '--step', '--json'], '--step is for people'],
    [['trace'], '"trace" needs another word'],
  ])('%j is wrong usage', async (args, sentence) => {
    const { status, stderr } = await line.run(...args)
    expect([status, stderr]).toEqual([2, expect.stringContaining(sentence)])
  })
})

describe('trace get', () => {
  it('reads, and prints the stages', async () => {
    await world.client.kv.put(keyOf('read'), new TextEncoder().encode('hello'))
    const { status, stdout } = await line.run('trace', 'get', 'r-test--read')
    expect(status).toBe(0)
    for (const stage of ['client.kvGet', 'engine.newReader', 'rawEngine.get', 'client.result']) {
      expect(stdout).toContain(` ${stage} `)
    }
  })

  it('tells why it failed', async () => {
    const { status, stdout } = await line.run('trace', 'get', 'x-nowhere')
    expect([status, stdout]).toEqual([1, expect.stringContaining('failed')])
    expect(stdout).toContain('CLIENT_NO_REGION')
  })
})
