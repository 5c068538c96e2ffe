import { expect, test } from 'vitest'
import { SeededRandom } from '../../../src-main/env'
import { SimulatedDisk } from '../../../src-main/env/simulated'
import { NO_MEMBERS } from '../../../src-main/raft/core/model/conf-state'
import { draftMessage } from '../../../src-main/raft/core/model/message'
import { MemoryRaftLogStore } from '../../../src-main/raft/log/memory-raft-log-store'
import { GroupSnapshots } from '../../../src-main/raft/node/group-snapshots'
import { resolveSettings } from '../../../src-main/raft/node/raft-node-options'
import { SnapshotStore } from '../../../src-main/raft/node/snapshot/snapshot-store'
import { toCoreSnapshot, transferIdOf } from '../../../src-main/raft/node/snapshot/stored-snapshot'

const confState = { ...NO_MEMBERS, voters: [1, 2] }
const newDisk = () => new SimulatedDisk({ random: new SeededRandom(1) })
const openStore = (disk: SimulatedDisk) => SnapshotStore.open({ disk, directory: '/snapshot', regionId: 1 })

async function* pieces(): AsyncGenerator<Uint8Array, void, void> {
  yield await Promise.resolve(new TextEncoder().encode('the state'))
}

async function stored(store: SnapshotStore, index: number) {
  const snapshot = await store.save({ last: { index, term: 2 }, confState }, pieces(), () => false)
  if (snapshot === undefined) throw new Error('the snapshot was not saved')
  return snapshot
}

test('a snapshot that is being installed stays, whenever the next one arrives', async () => {
  const source = newDisk()
  const next = await stored(await openStore(source), 72)
  const bytes = await source.readFile(next.path)
  const chunk = { kind: 'snapshot-chunk', regionId: 1, transfer: transferIdOf(next), totalBytes: bytes.length } as const
  const moments = { allowed: 0, refused: 0 }
  for (let turns = 0; turns < 100; turns += 1) {
    const store = await openStore(newDisk())
    const first = toCoreSnapshot(await stored(store, 64))
    let answers = 0
    const snapshots = new GroupSnapshots(
      store,
      new MemoryRaftLogStore(),
      resolveSettings(undefined),
      {
        regionId: 1,
        committedIndex: 10,
        unneededIndex: 10,
        confState,
        createSnapshot: () => Promise.reject(new Error('Nobody asks for one.')),
        persist: undefined,
        send: () => {
          answers += 1
        },
        reportSnapshot: () => undefined,
        fail: () => undefined,
        warn: () => undefined,
      },
      undefined,
    )
    snapshots.take(2, { ...chunk, offset: 0, bytes })
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve()
    const isAllowed = snapshots.mayStep({ ...draftMessage('MsgSnap', 1), snapshot: first })
    if (isAllowed) snapshots.beginInstalling(first)
    while (answers === 0) await Promise.resolve()
    if (isAllowed) expect(snapshots.stateOf(first)).toBeDefined()
    else expect(store.newest).toMatchObject({ last: { index: 72 } })
    moments[isAllowed ? 'allowed' : 'refused'] += 1
    await snapshots.stop()
  }
  expect(moments.allowed).toBeGreaterThan(0)
  expect(moments.refused).toBeGreaterThan(0)
})
