import { expect, it } from 'vitest'
import { SeededRandom } from '../../../src-main/env'
import { SimulatedDisk } from '../../../src-main/env/simulated'
import { NO_MEMBERS } from '../../../src-main/raft/core/model/conf-state'
import { SnapshotReceiver } from '../../../src-main/raft/node/snapshot/snapshot-receiver'
import { SnapshotStore } from '../../../src-main/raft/node/snapshot/snapshot-store'
import { transferIdOf } from '../../../src-main/raft/node/snapshot/stored-snapshot'
import type { PeerMessage } from '../../../src-main/raft/transport/peer-message'

const newDisk = (): SimulatedDisk => new SimulatedDisk({ random: new SeededRandom(1) })
const openStore = (disk: SimulatedDisk): Promise<SnapshotStore> =>
  SnapshotStore.open({ disk, directory: '/snapshot', regionId: 1 })

async function* pieces(): AsyncGenerator<Uint8Array, void, void> {
  yield new TextEncoder().encode('the state')
  await Promise.resolve()
}

it('makes durable what it finds of an arrival whose sync had failed', async () => {
  const source = newDisk()
  const applied = { last: { index: 7, term: 2 }, confState: { ...NO_MEMBERS, voters: [1, 2] } }
  const sent = await (await openStore(source)).save(applied, pieces(), () => false)
  if (sent === undefined) throw new Error('the snapshot was not saved')
  const bytes = await source.readFile(sent.path)

  const disk = newDisk()
  const answers: PeerMessage[] = []
  const receiver = new SnapshotReceiver(await openStore(disk), {
    regionId: 1,
    send: (_to, message) => answers.push(message),
    isKnown: () => false,
    isInstalling: () => false,
    received: () => undefined,
    warn: () => undefined,
  })
  const chunk = { kind: 'snapshot-chunk', regionId: 1, transfer: transferIdOf(sent), totalBytes: bytes.length } as const
  const answered = async (count: number): Promise<void> => {
    while (answers.length < count) await Promise.resolve()
  }
  disk.faults.add({ operations: ['sync'], fault: { kind: 'fail', extent: 'none' }, count: 1 })
  receiver.take(2, { ...chunk, offset: 0, bytes })
  await answered(1)
  expect(answers[0]).toMatchObject({ refused: true })
  receiver.take(2, { ...chunk, offset: bytes.length, bytes: new Uint8Array(0) })
  await answered(2)
  expect(answers[1]).toMatchObject({ refused: false, receivedBytes: bytes.length })

  disk.crash({ writes: 'none', names: 'none' })
  const found = await openStore(disk)
  expect(found.damage).toBeUndefined()
  expect(found.newest).toMatchObject({ last: applied.last })
})
