import { beforeEach, describe, expect, it } from 'vitest'
import { dingoError } from '../../src-main/rpc/dingo-error'
import { Errno } from '../../src-main/rpc/generated/dingodb/error_pb'
import { bytes, FakeCluster } from '../client/support/fake-cluster'
import { SequenceWriters } from './sequence-writers'

// Who watches the watchman: the account of writes must notice what a soak is there to find.

let cluster: FakeCluster
let writers: SequenceWriters
beforeEach(async () => {
  cluster = new FakeCluster()
  cluster.regions.push({ id: 1, start: 'wa', end: 'wz', version: 1, leader: 0 })
  writers = new SequenceWriters([bytes('wb')], 1_000)
})

/** Writes until the store has been called so often, and gives the writers up there. */
async function writeCalls(count: number): Promise<void> {
  const writing = new AbortController()
  const written = writers.writeUntil(cluster.client(), writing.signal)
  const calls = () => cluster.stores[0]?.calls.length ?? 0
  while (calls() < count) await cluster.network.clock.sleep(1)
  writing.abort()
  await written
}

const holds = (number: number) => cluster.pairs.set('wb', bytes(`${String(number)} ...`))

describe('the account of writes', () => {
  it('is content with what was acknowledged', async () => {
    await writeCalls(5)
    expect(writers.acknowledged).toBeGreaterThan(0)
    expect(await writers.check(cluster.client())).toEqual([])
  })

  it('complains of what was lost, and of what was never written', async () => {
    await writeCalls(5)
    holds(1)
    expect(await writers.check(cluster.client())).toHaveLength(1)
    cluster.pairs.clear()
    expect(await writers.check(cluster.client())).toHaveLength(1)
    holds(1_000_000)
    expect(await writers.check(cluster.client())).toHaveLength(1)
  })

  it('takes both for right where the outcome is unknown, once', async () => {
    cluster.stores[0]?.failures.push({ error: dingoError(Errno.ERAFT_COMMITLOG, 'Leadership changed.'), after: true })
    await writeCalls(2)
    holds(1)
    expect(await writers.check(cluster.client())).toEqual([])
    cluster.pairs.clear()
    expect(await writers.check(cluster.client())).toHaveLength(1)
  })

  it('does not explain a defect away', async () => {
    cluster.stores[0]?.failures.push({ error: dingoError(Errno.EINTERNAL, 'Broken.') })
    const written = writers.writeUntil(cluster.client(), new AbortController().signal)
    await expect(written).rejects.toMatchObject({ code: 'DINGODB_ERROR' })
  })
})
