import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { SandboxError } from '../../../src-main/base/sandbox-error'
import { StepService } from '../../../src-main/rpc/generated/sandbox/step_pb'
import { openGrpcStream } from '../../../src-main/rpc/grpc/grpc-stream'
import type { RemoteStepping } from '../../../src-main/sandbox/stepping/remote-stepping'
import { openRemoteStepping } from '../../../src-main/sandbox/stepping/remote-stepping'
import { until } from '../cluster/real-cluster'
import { SteppingWorld, gate, putJson } from './stepping-world'

let world: SteppingWorld
const remotes: RemoteStepping[] = []

beforeAll(async () => {
  world = await SteppingWorld.open()
}, 60_000)
afterEach(async () => {
  for (const remote of remotes.splice(0)) await remote.close()
})
afterAll(() => world.close())

async function openRemote(): Promise<RemoteStepping> {
  const remote = await openRemoteStepping(world.env, {
    coordinators: world.host.addresses().coordinators,
    nodes: world.host.nodes().map(({ nodeId, name, serverAddress }) => ({ nodeId, name, address: serverAddress })),
    describeKey: (key) => Promise.resolve(new TextDecoder().decode(key)),
  })
  remotes.push(remote)
  return remote
}

describe('stepping over the wire', () => {
  it('sees and stops an operation on all nodes, with its bytes', async () => {
    const { controller } = (await openRemote()).stepping
    controller.watch()
    await controller.addGate(gate({ stage: 'raftNode.commit' }))
    const request = { operation: 'KvPut' as const, json: putJson('remote', 'value of it') }
    const { traceId } = await controller.run(request, { step: false })
    await until(() => controller.state.holds.length > 0)
    const [hold] = controller.state.holds
    expect(hold).toMatchObject({ stage: 'raftNode.commit', traceId })
    expect(controller.state.isFrozen).toBe(true)
    await controller.step(hold?.holdId ?? '', 'continue')
    await until(() => controller.trace(traceId).summary.state === 'done')
    await until(() => controller.trace(traceId).stages.filter(({ stage }) => stage === 'rawEngine.write').length === 3)
    const record = controller.trace(traceId).stages.find(({ stage }) => stage === 'log.record')
    const bytes = [...(record?.before ?? []), ...(record?.after ?? [])].map((datum) => datum.bytes)
    expect(bytes.some((each) => Buffer.from(each).includes('value of it'))).toBe(true)
  })

  it('is for one at a time', async () => {
    await openRemote()
    await expect(openRemote()).rejects.toMatchObject({ code: 'FLOW_BUSY' })
  })

  it('is refused while the host of the nodes stops operations, and the host has the nodes back afterwards', async () => {
    const stopWatching = world.controller.watch()
    const { gateId } = await world.controller.addGate(gate({ stage: 'storage.kvPut' }))
    await expect(openRemote()).rejects.toMatchObject({ code: 'FLOW_BUSY', details: { by: 'host' } })
    await world.controller.removeGate(gateId)
    const remote = await openRemote()
    await world.controller.addGate(gate({ stage: 'service.respond' }))
    await remote.close()
    const traceId = await world.put('back', '1')
    const hold = await world.hold(traceId)
    expect(hold.stage).toBe('service.respond')
    for (const each of world.controller.state.gates) await world.controller.removeGate(each.gateId)
    await until(() => world.controller.trace(traceId).summary.state === 'done')
    stopWatching()
  })

  it('ends with its stream: what is held goes on', async () => {
    const { stepping, close } = await openRemote()
    stepping.controller.watch()
    await stepping.controller.addGate(gate({ stage: 'rawEngine.write' }))
    const put = world.client.kv.put(new TextEncoder().encode('r-test--held'), new Uint8Array([1]))
    await until(() => stepping.controller.state.holds.length > 0)
    await close()
    await put
    expect(await world.client.kv.get(new TextEncoder().encode('r-test--held'))).toEqual(new Uint8Array([1]))
  })

  it('ends with its connection, too, as when the command line is killed', async () => {
    const [node] = world.host.nodes().filter(({ role }) => role === 'store')
    const stream = openGrpcStream(node?.serverAddress ?? '', StepService.method.control, 1 << 20)
    let isWelcome = false
    stream.listen({ frame: () => (isWelcome = true), ended: () => undefined })
    // The greeting, by its bytes: field 1, varint 1.
    stream.write(Uint8Array.of(0x08, 0x01))
    await until(() => isWelcome)
    await expect(openRemote()).rejects.toMatchObject({ code: 'FLOW_BUSY' })
    // Breaks off, as the operating system does for a program that is gone.
    stream.close(new SandboxError('CANCELLED', 'The program is gone.'))
    await until(async () => {
      try {
        await openRemote()
        return true
      } catch {
        // The node has not heard of it yet.
        return false
      }
    })
  })

  it('refuses what it cannot read, and goes on serving others', async () => {
    const [node] = world.host.nodes().filter(({ role }) => role === 'store')
    const stream = openGrpcStream(node?.serverAddress ?? '', StepService.method.control, 1 << 20)
    const frames: string[] = []
    const ended = new Promise<void>((resolve) => {
      stream.listen({
        frame: (bytes) => frames.push(Buffer.from(bytes).toString()),
        ended: () => {
          resolve()
        },
      })
    })
    const json = '{"kind":"configure"}'
    stream.write(Uint8Array.of(0x12, json.length + 4, 0x08, 0x01, 0x12, json.length, ...Buffer.from(json)))
    await ended
    expect(frames.join()).toContain('The field \\"gates\\" of a command to step a node is missing')
    await openRemote()
  })
})
