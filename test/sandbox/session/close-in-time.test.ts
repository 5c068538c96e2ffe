import { beforeEach, describe, expect, it } from 'vitest'
import { closeInTime } from '../../../src-main/sandbox/session/close-in-time'
import { SessionWorld } from './session-world'

let world: SessionWorld
beforeEach(async () => {
  world = new SessionWorld()
  await world.open('/w')
  await world.until('running')
})

const end = () =>
  world.cluster.run(
    closeInTime({ session: world.session, close: () => world.session.close() }, world.cluster.clock, 8000),
  )

describe('ending within a deadline', () => {
  it('takes no longer than the cluster does', async () => {
    const beganMs = world.cluster.clock.monotonicMs()
    await end()
    expect(world.session.view.phase).toBe('closed')
    expect(world.cluster.clock.monotonicMs() - beganMs).toBeLessThan(1000)
  })

  it('gives up on nodes that do not end, and names them', async () => {
    world.cluster.life('store-2').stopping = new Promise<never>(() => undefined)
    const beganMs = world.cluster.clock.monotonicMs()
    await expect(end()).rejects.toMatchObject({
      code: 'CLUSTER_NOT_ENDED',
      message: expect.stringMatching(/store-2.*did not end within 8 s/) as string,
    })
    expect(world.cluster.clock.monotonicMs() - beganMs).toBe(8000)
  })

  it('tells what the end itself complains about', async () => {
    const failing = { session: world.session, close: () => Promise.reject(new Error('The folder is gone.')) }
    await expect(world.cluster.run(closeInTime(failing, world.cluster.clock, 8000))).rejects.toThrow(
      'The folder is gone',
    )
  })
})
