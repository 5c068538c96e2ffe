import { describe, expect, it } from 'vitest'
import { dingoError } from '../../../src-main/rpc/dingo-error'
import { Errno } from '../../../src-main/rpc/generated/dingodb/error_pb'
import { bytes } from '../../client/support/fake-cluster'
import { CommandLine } from './support'

/** One region wa..wz. */
function setUp(): CommandLine {
  const line = new CommandLine()
  line.cluster.regions.push({ id: 1, start: 'wa', end: 'wz', version: 1, leader: 0 })
  return line
}

describe('put, get and delete', () => {
  it('take text, and say with the exit status what came of it', async () => {
    const line = setUp()
    expect(await line.run('put', 'wb', 'hello')).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(await line.run('get', 'wb')).toEqual({ status: 0, stdout: 'hello\n', stderr: '' })
    expect(await line.run('delete', 'wb')).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(await line.run('get', 'wb')).toEqual({ status: 3, stdout: '', stderr: 'The key wb has no value.' })
    expect((await line.run('get', 'x')).status).toBe(3)
  })

  it('have stable JSON shapes: bytes as hex, and as text where it is readable', async () => {
    const line = setUp()
    const key = { hex: '7762', text: 'wb' }
    expect(await line.json('put', '7762', '00ff', '--hex')).toEqual({ key, storeKey: key, written: true })
    expect(await line.json('get', 'wb')).toEqual({ key, storeKey: key, found: true, value: { hex: '00ff' } })
    expect(await line.json('delete', 'wb')).toEqual({ key, storeKey: key, existed: true })
    const missing = await line.run('get', 'wb', '--json')
    expect([missing.status, JSON.parse(missing.stdout)]).toEqual([3, { key, storeKey: key, found: false }])
  })

  it('take values from files and standard input, and give them out byte for byte', async () => {
    const line = setUp()
    line.files.set('in', Uint8Array.of(0, 255))
    await line.run('put', 'wb', '--value-file', 'in')
    await line.run('get', 'wb', '--output', 'out')
    expect(line.files.get('out')).toEqual(Uint8Array.of(0, 255))
    line.standardInput = bytes('from stdin')
    await line.run('put', 'wb', '-')
    expect((await line.run('get', 'wb', '--output', '-')).stdout).toBe('from stdin')
    line.files.set('key', bytes('wb'))
    expect((await line.run('get', '--key-file', 'key', '--hex')).stdout).toBe(
      `${Buffer.from('from stdin').toString('hex')}\n`,
    )
  })

  it('exit with 4 when a write may or may not have happened, and with 1 when it was refused', async () => {
    const line = setUp()
    const failures = line.cluster.stores[0]?.failures
    failures?.push({ error: dingoError(Errno.ERAFT_COMMITLOG, 'Leadership changed.'), after: true })
    const unknown = await line.run('put', 'wb', '1')
    expect([unknown.status, unknown.stderr]).toEqual([4, expect.stringMatching(/^CLIENT_OUTCOME_UNKNOWN: /)])
    failures?.push({ error: dingoError(Errno.ERAFT_COMMITLOG, 'Leadership changed.'), after: true })
    expect((await line.run('put', 'wb', '1', '--retry-unknown')).status).toBe(0)
    failures?.push({ error: dingoError(Errno.ESYSTEM_CLUSTER_READ_ONLY, 'Read-only.') })
    expect((await line.run('put', 'wb', '1')).status).toBe(1)
  })
})

describe('scan', () => {
  it('prints pairs for people, as JSON lines, or only how many', async () => {
    const line = setUp()
    for (const key of ['wb', 'wc', 'wd']) await line.run('put', key, `of ${key}`)
    expect((await line.run('scan', 'wb', 'wd')).stdout).toBe('wb\tof wb\nwc\tof wc\n')
    expect((await line.run('scan', '--prefix', 'w', '--keys', '--limit', '2')).stdout).toBe('wb\nwc\n')
    expect((await line.run('scan', '--prefix', 'wc', '--json')).stdout).toBe(
      '{"key":{"hex":"7763","text":"wc"},"value":{"hex":"6f66207763","text":"of wc"}}\n',
    )
    expect(await line.json('scan', 'wa', 'wz', '--count')).toEqual({ count: 3 })
  })
})

describe('tables', () => {
  it('are created, shown, listed and dropped', async () => {
    const line = new CommandLine()
    const created = await line.run(
      'table',
      'create',
      'people',
      '--split-at',
      'm',
      '--column',
      'id:BIGINT',
      '--column',
      'name:VARCHAR',
    )
    expect(created).toEqual({
      status: 0,
      stdout: 'Created the table DINGO.people (1001) with 2 regions.\n',
      stderr: '',
    })
    expect(await line.json('table', 'show', 'people')).toMatchInlineSnapshot(`
      {
        "columns": [
          {
            "keyPosition": 0,
            "name": "id",
            "nullable": false,
            "type": "BIGINT",
          },
          {
            "keyPosition": null,
            "name": "name",
            "nullable": true,
            "type": "VARCHAR",
          },
        ],
        "engine": "raft",
        "id": "1001",
        "name": "people",
        "partitionStrategy": "range",
        "partitions": [
          {
            "id": "1002",
            "name": "p0",
            "range": {
              "end": {
                "hex": "7200000000000003eb",
              },
              "start": {
                "hex": "7200000000000003ea",
              },
            },
          },
          {
            "id": "1003",
            "name": "p1",
            "range": {
              "end": {
                "hex": "7200000000000003ec",
              },
              "start": {
                "hex": "7200000000000003eb",
              },
            },
          },
        ],
        "regions": [
          {
            "epoch": null,
            "id": "80001",
            "leader": "store-0:1",
            "partitionId": "1002",
            "range": {
              "end": {
                "hex": "7200000000000003eb",
              },
              "start": {
                "hex": "7200000000000003ea",
              },
            },
            "state": "NONE",
            "voters": [],
          },
          {
            "epoch": null,
            "id": "80002",
            "leader": "store-0:1",
            "partitionId": "1003",
            "range": {
              "end": {
                "hex": "7200000000000003ec",
              },
              "start": {
                "hex": "7200000000000003eb",
              },
            },
            "state": "NONE",
            "voters": [],
          },
        ],
        "replicas": 3,
        "schema": "DINGO",
        "schemaId": "2",
      }
    `)
    expect((await line.run('table', 'list')).stdout).toMatchInlineSnapshot(`
      "  ID  SCHEMA  NAME    PARTITIONS  REPLICAS
      1001  DINGO   people           2         3
      "
    `)
    line.cluster.storeCount = 2
    expect((await line.run('table', 'create', 'few')).stderr).toBe(
      'The cluster has 2 stores, so that each region has 2 copies in place of 3.',
    )
    expect(await line.json('table', 'drop', 'people')).toEqual({ table: 'people', dropped: true })
    expect((await line.run('table', 'show', 'people')).status).toBe(3)
  })

  it('have keys of their own', async () => {
    const line = new CommandLine()
    await line.run('table', 'create', 'people', '--partitions', '3')
    for (const key of ['ada', 'ben', 'cy']) await line.run('put', key, `Mx ${key}`, '--table', 'people')
    expect((await line.run('get', 'ben', '--table', 'people')).stdout).toBe('Mx ben\n')
    const { stdout } = await line.run('scan', '--table', 'people')
    expect(stdout.trim().split('\n').sort()).toEqual(['ada\tMx ada', 'ben\tMx ben', 'cy\tMx cy'])
    expect((await line.run('scan', '--table', 'people', '--prefix', 'b', '--keys')).stdout).toBe('ben\n')
    expect((await line.run('scan', 'b', '--table', 'people', '--limit', '1', '--count')).stdout).toBe('1\n')
    expect((await line.run('get', 'x', '--table', 'nobody')).status).toBe(3)
  })
})

describe('regions', () => {
  it('are created, listed, shown and dropped', async () => {
    const line = setUp()
    expect(await line.json('region', 'create', 'mine', 'x0000000', 'x9999999')).toEqual({
      id: '2',
      name: 'mine',
      replicas: 3,
      created: true,
    })
    expect((await line.run('region', 'list')).stdout).toMatchInlineSnapshot(`
      "ID  NAME      STATE   EPOCH  LEADER  STORES             START     END
       1  region 1  NORMAL    1-1   20001  20001 20002 20003  wa        wz
       2  region 2  NORMAL    1-1   20001  20001 20002 20003  x0000000  x9999999
      "
    `)
    expect(await line.json('region', 'show', '1')).toMatchInlineSnapshot(`
      {
        "epoch": {
          "confVersion": "1",
          "version": "1",
        },
        "id": "1",
        "leaderStoreId": "20001",
        "name": "region 1",
        "partitionId": "0",
        "peers": [
          {
            "raft": null,
            "role": "VOTER",
            "server": "store-0:1",
            "storeId": "20001",
          },
          {
            "raft": null,
            "role": "VOTER",
            "server": "store-1:1",
            "storeId": "20002",
          },
          {
            "raft": null,
            "role": "VOTER",
            "server": "store-2:1",
            "storeId": "20003",
          },
        ],
        "range": {
          "end": {
            "hex": "777a",
            "text": "wz",
          },
          "start": {
            "hex": "7761",
            "text": "wa",
          },
        },
        "replicaStatus": "NONE",
        "schemaId": "0",
        "state": "NORMAL",
        "tableId": "0",
      }
    `)
    expect((await line.run('region', 'show', '7')).status).toBe(3)
    expect((await line.run('region', 'drop', '1')).stdout).toBe('Dropped the region 1.\n')
  })
})

describe('status', () => {
  it('shows nodes and regions', async () => {
    const line = setUp()
    expect(await line.json('status')).toMatchInlineSnapshot(`
      {
        "coordinators": [
          {
            "address": "coordinator:1",
            "leader": false,
          },
          {
            "address": "coordinator:2",
            "leader": true,
          },
        ],
        "regions": {
          "degraded": 0,
          "states": {
            "NORMAL": 1,
          },
          "total": 1,
          "withoutLeader": 0,
        },
        "stores": [
          {
            "id": "20001",
            "leaders": 1,
            "raft": null,
            "regions": 1,
            "server": "store-0:1",
            "state": "NORMAL",
          },
          {
            "id": "20002",
            "leaders": 0,
            "raft": null,
            "regions": 1,
            "server": "store-1:1",
            "state": "NORMAL",
          },
          {
            "id": "20003",
            "leaders": 0,
            "raft": null,
            "regions": 1,
            "server": "store-2:1",
            "state": "NORMAL",
          },
        ],
      }
    `)
    expect((await line.run('status')).stdout).toMatchInlineSnapshot(`
      "COORDINATOR
      coordinator:1
      coordinator:2  leader

      STORE  STATE   SERVER     RAFT  REGIONS  LEADERS
      20001  NORMAL  store-0:1              1        1
      20002  NORMAL  store-1:1              1        0
      20003  NORMAL  store-2:1              1        0

      Regions: 1 NORMAL; 0 without a leader, 0 degraded
      "
    `)
  })

  it('exits with 1 when no coordinator answers', async () => {
    const line = setUp()
    line.clientOptions = { coordinators: ['nowhere:1'] }
    const { status, stderr } = await line.run('status', '--timeout', '50')
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^RPC_/)])
  })
})
