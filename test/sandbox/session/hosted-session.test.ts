import { beforeEach, describe, expect, it, vi } from 'vitest'
import { SandboxError } from '../../../src-main/base/sandbox-error'
import { directoryRequest, SessionWorld } from './session-world'

const STORE_1 = 20_001
let world: SessionWorld
beforeEach(() => {
  world = new SessionWorld()
})

/** A promise that a test settles when its moment has come. */
function gate(): { readonly passed: Promise<void>; readonly open: () => void } {
  let open: () => void = () => undefined
  const passed = new Promise<void>((resolve) => (open = resolve))
  return { passed, open }
}

describe('opening', () => {
  it('resolves when nodes come up, and tells the rest', async () => {
    await world.session.open(directoryRequest('/w'))
    expect(world.session.view).toMatchObject({
      phase: 'starting',
      workspace: { directory: '/w', name: 'w' },
      topology: { coordinators: 3, stores: 3 },
      engine: 'rocksdb',
      capabilities: { control: false, pause: false, write: false },
    })
    expect(() => world.session.running()).toThrow(expect.objectContaining({ code: 'SESSION_NOT_RUNNING' }))
    await world.until('running')
    expect(world.phases).toEqual(['starting', 'running'])
    expect(world.session.view).toMatchObject({
      progress: { phase: 'ready' },
      capabilities: { control: true, pause: true, write: true },
      error: undefined,
    })
    expect(world.session.view.nodes.map(({ state }) => state)).toEqual(Array(6).fill('running'))
    expect(world.session.running().host).toBe(world.cluster.host)
  })

  it('takes the workspace at once, and starts nodes when they may', async () => {
    world = new SessionWorld({ holdsUp: true })
    await world.open('/w')
    expect(world.session.view).toMatchObject({ phase: 'starting', workspace: { name: 'w' } })
    expect(world.cluster.lives.size).toBe(0)
    world.letStart()
    await world.until('running')
  })

  it('starts nothing that was closed while it waited', async () => {
    world = new SessionWorld({ holdsUp: true })
    await world.open('/w')
    await world.cluster.run(world.session.close())
    world.letStart()
    await world.cluster.clock.settle()
    expect(world.cluster.lives.size).toBe(0)
    expect(world.phases).toEqual(['starting', 'closing', 'closed'])
  })

  it('makes one folder of two spellings, and refuses a relative one', async () => {
    await world.open('/a/../w/')
    expect(world.session.view.workspace?.directory).toBe('/w')
    await world.cluster.run(world.session.close())
    await expect(world.open('w')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
    expect(world.session.view).toMatchObject({ phase: 'closed', error: { code: 'INVALID_ARGUMENT' } })
  })

  it('gives a new sandbox a folder of its own, and an ephemeral one none', async () => {
    await world.cluster.env.disk.makeDirectory('/sandboxes/sandbox-1')
    await world.open('', { where: { kind: 'new' } })
    expect(world.session.view.workspace).toEqual({ directory: '/sandboxes/sandbox-2', name: 'sandbox-2' })
    await world.cluster.run(world.session.close())
    await world.open('', { where: { kind: 'ephemeral' } })
    expect(world.session.view.workspace).toEqual({ directory: undefined, name: undefined })
    expect((await world.session.recent()).map(({ name }) => name)).toEqual(['sandbox-2'])
  })

  it('is refused to the second of two who ask at once', async () => {
    const [first, second] = await Promise.allSettled([
      world.session.open(directoryRequest('/one')),
      world.session.open(directoryRequest('/two')),
    ])
    expect(first).toMatchObject({ status: 'fulfilled' })
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'SESSION_BUSY' } })
    expect(world.session.view.workspace?.directory).toBe('/one')
  })

  it('that fails tells why to its caller and to everybody, and the next one is let in', async () => {
    const holder = await world.cluster.env.disk.makeDirectory('/w').then(() => world.cluster.env.disk.lock('/w'))
    await expect(world.open('/w')).rejects.toMatchObject({ code: 'DISK_LOCKED' })
    expect(world.session.view).toMatchObject({ phase: 'closed', workspace: undefined, error: { code: 'DISK_LOCKED' } })
    await holder.release()
    await world.open('/w')
    await world.until('running')
    expect(world.session.view.error).toBeUndefined()
  })

  it('ends with the reason when the cluster does not come up, its workspace free again', async () => {
    world.cluster.prepare = (_name, mount) => {
      mount.starting = Promise.reject(new SandboxError('ENGINE_OPEN_FAILED', 'It is damaged.'))
      mount.starting.catch(() => undefined)
    }
    await world.open('/w')
    await world.until('closed')
    expect(world.phases).toEqual(['starting', 'closing', 'closed'])
    expect(world.session.view.error).toMatchObject({ code: 'CLUSTER_NOT_READY' })
    await (await world.cluster.env.disk.lock('/w')).release()
    await world.session.close()
    expect(world.session.view.error).toBeUndefined()
  })
})

describe('closing', () => {
  it('ends the cluster in order, once for all who ask, and frees the workspace', async () => {
    await world.open('/w')
    await world.until('running')
    const closings = Promise.all([world.session.close(), world.session.close()])
    expect(world.session.view.phase).toBe('closing')
    await expect(world.session.open(directoryRequest('/other'))).rejects.toMatchObject({ code: 'SESSION_BUSY' })
    await world.cluster.run(closings)
    expect(world.session.view).toMatchObject({ phase: 'closed', workspace: undefined, nodes: [], error: undefined })
    expect(world.clientsClosed).toHaveLength(1)
    expect(world.cluster.life('store-1').calls).toEqual(['start', 'stop', 'exit'])
    await (await world.cluster.env.disk.lock('/w')).release()
    await world.session.close()
  })

  it('while the cluster starts gives up the start, which tells nothing', async () => {
    world.cluster.leads = () => false
    await world.open('/w')
    await world.cluster.run(world.session.close())
    expect(world.phases).toEqual(['starting', 'closing', 'closed'])
    expect(world.session.view.error).toBeUndefined()
    await (await world.cluster.env.disk.lock('/w')).release()
  })

  it('while the workspace is being taken lets go of it again', async () => {
    const { passed, open } = gate()
    world.opening = passed
    const opening = world.session.open(directoryRequest('/w'))
    await vi.waitFor(() => expect(world.session.view.workspace).toBeDefined())
    const outcome = expect(opening).rejects.toMatchObject({ code: 'CANCELLED' })
    const closing = world.session.close()
    expect(world.session.view.phase).toBe('closing')
    open()
    await outcome
    await world.cluster.run(closing)
    expect(world.session.view).toMatchObject({ phase: 'closed', error: undefined })
    expect(world.cluster.lives.size).toBe(0)
    await (await world.cluster.env.disk.lock('/w')).release()
    expect(await world.session.recent()).toEqual([])
  })

  it('lets nothing of the old life into the next', async () => {
    await world.open('/w')
    await world.until('running')
    const old = world.cluster.life('store-1')
    await world.cluster.run(world.session.close())
    await world.open('/other')
    await world.until('running')
    const heard = world.views.length
    old.listener.onWarning(new SandboxError('RAFT_LOG_FAILED', 'The log failed.'))
    expect(world.views).toHaveLength(heard)
    expect(world.session.view.warnings).toEqual([])
  })
})

describe('what is told while it runs', () => {
  beforeEach(async () => {
    await world.open('/w')
    await world.until('running')
  })

  it('nodes that fail, and links that are cut', async () => {
    const error = new SandboxError('NODE_FAILED', 'Its thread ended.').serialize()
    world.cluster.life('store-1').exit({ kind: 'failed', error })
    expect(world.views.at(-1)?.nodes.find(({ nodeId }) => nodeId === STORE_1)).toMatchObject({
      state: 'failed',
      lastError: error,
    })
    await world.session.running().host.cutLink(STORE_1, 20_002)
    expect(world.views.at(-1)?.cutLinks).toHaveLength(2)
    await world.session.running().host.delayLink(STORE_1, 20_002, 250, 'one-way')
    expect(world.views.at(-1)?.delayedLinks).toEqual([{ from: STORE_1, to: 20_002, delayMs: 250 }])
    expect(world.session.view.phase).toBe('running')
  })

  it('the last hundred warnings, the newest last', () => {
    const { listener } = world.cluster.life('store-1')
    for (let number = 0; number < 120; number++) {
      listener.onWarning(new SandboxError('RPC_UNAVAILABLE', `Warning ${String(number)}.`))
    }
    const { warnings } = world.session.view
    expect(warnings).toHaveLength(100)
    expect(warnings[0]?.warning.message).toBe('Warning 20.')
    expect(warnings.at(-1)).toMatchObject({ nodeId: STORE_1, warning: { message: 'Warning 119.' } })
  })

  it('to the next cluster what there was to warn of while none was open', async () => {
    await world.cluster.run(world.session.close())
    world.session.warn(new SandboxError('DISK_FULL', 'The log cannot be written.'))
    expect(world.session.view.warnings).toEqual([])
    await world.open('/next')
    expect(world.session.view.warnings).toMatchObject([{ nodeId: undefined, warning: { code: 'DISK_FULL' } }])
    await world.cluster.run(world.session.close())
    await world.open('/later')
    expect(world.session.view.warnings).toEqual([])
  })

  it('a view that does not change after it was told', () => {
    const before = world.session.view
    const copy = structuredClone(before)
    world.cluster.life('store-1').exit({ kind: 'failed', error: undefined })
    expect(before).toEqual(copy)
    expect(world.session.view).not.toBe(before)
  })
})

describe('a workspace folder that goes while it is open', () => {
  it('ends the session, which says so, and does not take it for anything else', async () => {
    await world.open('/w')
    await world.until('running')
    const { disk } = world.cluster.env
    await world.cluster.run(disk.rename('/w', '/moved'))
    await world.until('closed')
    expect(world.session.view.error).toMatchObject({
      code: 'WORKSPACE_GONE',
      message: expect.stringContaining('/w is gone') as string,
    })
    expect(world.phases.slice(-2)).toEqual(['closing', 'closed'])
    // It is whole where it is now.
    await world.open('/moved')
    await world.until('running')
    expect(world.session.view.error).toBeUndefined()
  })

  it('is not one whose disk does not answer', async () => {
    await world.open('/w')
    await world.until('running')
    const status = vi.spyOn(world.cluster.env.disk, 'status')
    status.mockRejectedValue(new SandboxError('DISK_IO', 'The disk does not answer.'))
    await world.cluster.clock.advance(10_000)
    expect(status).toHaveBeenCalled()
    expect(world.session.view.phase).toBe('running')
    await world.cluster.run(world.session.close())
    status.mockClear()
    await world.cluster.clock.advance(10_000)
    expect(status).not.toHaveBeenCalled()
  })
})
