import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { realEnv } from '../../../src-main/env/real'
import { ControlService } from '../../../src-main/rpc/generated/sandbox/control_pb'
import { GrpcChannels } from '../../../src-main/rpc/grpc/grpc-channels'
import { projectDirectory, requireCapabilityOfAll } from '../../support/capabilities'
import type { RunningProgram } from './program'
import { runProgram, startProgram } from './program'

let root: string
const running: RunningProgram[] = []
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'dingo-machines-'))
})
afterEach(async () => {
  await Promise.all(running.splice(0).map((program) => program.stop()))
  await rm(root, { recursive: true, force: true })
})

/** Ports that are free now. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer())
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) => {
          server.listen(0, '127.0.0.1', () => {
            const address = server.address()
            resolve(typeof address === 'object' && address !== null ? address.port : 0)
          })
        }),
    ),
  )
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

/** The configurations that docs/several-machines.md shows, moved to this machine and to free ports. */
async function documentedConfigs(): Promise<{ coordinator: string; store: string; addresses: Map<string, string> }> {
  const page = await readFile(join(projectDirectory, 'docs', 'several-machines.md'), 'utf8')
  const shown = [...page.matchAll(/```json\n(.*?)```/gs)].map(([, json = '']) => json)
  const wanted = ['22001', '22101', '20001', '20101']
  const ports = await freePorts(wanted.length)
  const addresses = new Map(wanted.map((port, index) => [port, String(ports[index])]))
  const [coordinator = '', store = ''] = shown.map((json) =>
    json
      .replaceAll(/10\.0\.0\.\d/g, '127.0.0.1')
      .replaceAll(/"port": (\d+)/g, (_, port: string) => `"port": ${addresses.get(port) ?? port}`),
  )
  return { coordinator, store, addresses }
}

async function start(role: 'coordinator' | 'store', config: string): Promise<RunningProgram> {
  const file = join(root, `${role}.json`)
  await writeFile(file, config)
  const program = await startProgram([role, '--config', file])
  running.push(program)
  return program
}

describe('nodes that are started by hand', () => {
  requireCapabilityOfAll('rocksdb')

  it('from the documented configurations make a cluster', async () => {
    const { coordinator, store, addresses } = await documentedConfigs()
    const coordinators = `127.0.0.1:${addresses.get('22001') ?? ''}`
    const storeAddress = `127.0.0.1:${addresses.get('20001') ?? ''}`
    const first = await start('coordinator', coordinator)
    expect(JSON.parse(first.line)).toMatchObject({ event: 'ready', role: 'coordinator', serverAddress: coordinators })
    const second = await start('store', store)
    expect(JSON.parse(second.line)).toMatchObject({ event: 'ready', nodeId: 20_001, serverAddress: storeAddress })
    expect((await stat(join(root, 'store-1'))).isDirectory()).toBe(true)

    const run = (...args: readonly string[]) => runProgram([...args, '--coordinators', coordinators])
    // The store may not have said hello yet.
    while ((await run('table', 'create', 't', '--replicas', '1', '--timeout', '20000')).status !== 0);
    expect((await run('put', 'a', 'one', '--table', 't')).status).toBe(0)
    expect((await run('get', 'a', '--table', 't')).stdout).toBe('one\n')

    const channels = new GrpcChannels({ env: realEnv() })
    await channels.to(storeAddress).unary(ControlService.method.shutdown, {})
    expect(await second.ended).toBe(0)
    await channels.close()
    expect(await first.stop()).toBe(0)
  })

  it('refuse a configuration of the other role, and one that makes no sense', async () => {
    const { coordinator } = await documentedConfigs()
    const file = join(root, 'node.json')
    await writeFile(file, coordinator)
    const refused = await runProgram(['store', '--config', file])
    expect(refused).toMatchObject({ status: 2, stderr: expect.stringContaining('configures a coordinator') as string })
    await writeFile(file, coordinator.replace('"nodeId": 22001', '"nodeId": "first"'))
    const wrong = await runProgram(['coordinator', '--config', file])
    expect(wrong).toMatchObject({ status: 2, stderr: expect.stringContaining('"nodeId"') as string })
    expect(await runProgram(['store', '--config', join(root, 'none.json'), '--json'])).toMatchObject({ status: 1 })
  })
})
