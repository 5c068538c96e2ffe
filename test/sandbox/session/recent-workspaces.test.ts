import { beforeEach, describe, expect, it } from 'vitest'
import { startRequest } from '../../../src-main/sandbox/session/start-request'
import { readStartOptions } from '../../../src-main/sandbox/session/start-options'
import { SessionWorld } from './session-world'

let world: SessionWorld
beforeEach(() => {
  world = new SessionWorld()
})

const write = (text: string) => world.cluster.env.disk.replaceFile('/recent.json', new TextEncoder().encode(text))
const remember = (directory: string, lastOpenedAtMs: number) =>
  world.recents.remember({ directory, lastOpenedAtMs, coordinators: 3, stores: 3, engine: 'rocksdb' })
const directories = async () => (await world.session.recent()).map(({ directory }) => directory)

/** Makes a workspace and leaves it closed. */
async function makeWorkspace(directory: string, stores: number): Promise<void> {
  await world.open(directory, { topology: { coordinators: 1, stores } })
  await world.cluster.run(world.session.close())
}

describe('recent workspaces', () => {
  it('are listed with the newest first, as they are today', async () => {
    await makeWorkspace('/one', 1)
    await makeWorkspace('/two', 2)
    await world.open('/three')
    const { disk } = world.cluster.env
    await disk.remove('/two')
    expect(await world.session.recent()).toMatchObject([
      { directory: '/three', name: 'three', state: 'open', coordinators: 3, stores: 3 },
      { directory: '/two', state: 'missing' },
      { directory: '/one', state: 'usable', coordinators: 1, stores: 1, engine: 'rocksdb' },
    ])
  })

  it('say why one cannot be opened', async () => {
    await makeWorkspace('/newer', 1)
    const path = '/newer/workspace.json'
    await world.cluster.env.disk.replaceFile(path, new TextEncoder().encode('{"version":99}'))
    expect(await world.session.recent()).toMatchObject([{ state: 'refused', reason: { code: 'WORKSPACE_VERSION' } }])
  })

  it('are forgotten on request, and beyond twenty', async () => {
    for (let number = 0; number < 22; number++) await remember(`/w${String(number)}`, number)
    expect(await directories()).toHaveLength(20)
    await world.session.forget('/w21')
    expect((await directories())[0]).toBe('/w20')
    await remember('/w10', 99)
    expect((await directories()).slice(0, 2)).toEqual(['/w10', '/w20'])
    expect(await directories()).toHaveLength(19)
  })

  it('keep every change of several at once', async () => {
    await Promise.all([remember('/a', 1), remember('/b', 2), world.session.forget('/a'), remember('/c', 3)])
    expect(await directories()).toEqual(['/c', '/b'])
  })

  it.each([
    ['no JSON', '{"version":'],
    ['another version', '{"version":2,"workspaces":[]}'],
    [
      'a relative folder',
      '{"version":1,"workspaces":[{"directory":"w","lastOpenedAtMs":1,"coordinators":1,"stores":1,"engine":"rocksdb"}]}',
    ],
    [
      'a topology that cannot be',
      '{"version":1,"workspaces":[{"directory":"/w","lastOpenedAtMs":1,"coordinators":9,"stores":1,"engine":"rocksdb"}]}',
    ],
  ])('are none, with a warning, when their file holds %s', async (_what, text) => {
    await write(text)
    expect(await world.session.recent()).toEqual([])
    await world.session.recent()
    expect(world.damages).toMatchObject([{ code: 'WORKSPACE_DAMAGED' }])
    await world.open('/w')
    expect(await directories()).toEqual(['/w'])
  })

  it('that cannot be written are a warning, not a failure to open', async () => {
    const { disk } = world.cluster.env
    await disk.makeDirectory('/recent.json')
    await world.open('/w')
    expect(world.session.view.phase).not.toBe('closed')
    expect(world.session.view.warnings).toHaveLength(1)
  })
})

describe('what a program opens when it starts', () => {
  const surroundings = { environment: {}, workingDirectory: '/here', userDataDirectory: '/data' }
  const options = (values: Record<string, unknown> = {}) => readStartOptions(values)
  const whereOf = async (values: Record<string, unknown> = {}, environment: Record<string, string> = {}) =>
    (await startRequest(world.session, options(values), { ...surroundings, environment })).where

  it('the default workspace the first time, then the one used last that is still there', async () => {
    expect(await whereOf()).toEqual({ kind: 'directory', directory: '/data/workspace' })
    await makeWorkspace('/one', 1)
    await makeWorkspace('/two', 1)
    expect(await whereOf()).toEqual({ kind: 'directory', directory: '/two' })
    await world.cluster.env.disk.remove('/two')
    expect(await whereOf()).toEqual({ kind: 'directory', directory: '/one' })
  })

  it('what was named, before all that', async () => {
    await makeWorkspace('/one', 1)
    const named = { DINGO_SANDBOX_WORKSPACE: '/named' }
    expect(await whereOf({}, named)).toEqual({ kind: 'directory', directory: '/named' })
    expect(await whereOf({ workspace: 'there' }, named)).toEqual({ kind: 'directory', directory: '/here/there' })
    expect(await whereOf({ ephemeral: true }, named)).toEqual({ kind: 'ephemeral' })
  })

  it('with the nodes and the engine that were asked for', async () => {
    const values = { coordinators: '1', stores: '5', engine: 'memory', 'base-port': '0' }
    expect(await startRequest(world.session, options(values), surroundings)).toMatchObject({
      topology: { coordinators: 1, stores: 5 },
      engine: 'memory',
      basePort: 0,
    })
  })

  it.each([
    [{ stores: '10' }, /--stores is a whole number from 1 to 9/],
    [{ coordinators: '1.5' }, /--coordinators/],
    [{ engine: 'sqlite' }, /--engine is one of rocksdb, level, memory/],
    [{ 'base-port': '65300' }, /--base-port/],
    [{ ephemeral: true, workspace: '/w' }, /--ephemeral stands in place/],
  ])('refuses %j in a sentence', (values, sentence) => {
    expect(() => options(values)).toThrow(sentence)
    expect(() => options(values)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
  })
})
