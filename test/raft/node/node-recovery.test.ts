import { expect, test } from 'vitest'
import { SeededRandom } from '../../../src-main/env'
import { SimulatedDisk } from '../../../src-main/env/simulated'
import { NO_MEMBERS } from '../../../src-main/raft/core/model/conf-state'
import { MemoryRaftLogStore } from '../../../src-main/raft/log/memory-raft-log-store'
import { recoverNode } from '../../../src-main/raft/node/node-recovery'
import { SnapshotStore } from '../../../src-main/raft/node/snapshot/snapshot-store'
import { KeyValueStateMachine } from '../../../src-main/raft/simulation/key-value-state-machine'
import { withOther } from './support/wrapped-state-machine'

async function* noPairs(): AsyncGenerator<Uint8Array, void, void> {
  yield* (await new KeyValueStateMachine().createSnapshot()).read()
}

test('a snapshot that ends beyond the log is restored only when the log starts behind it, durably', async () => {
  const log = new MemoryRaftLogStore()
  log.append({ reset: { index: 5, term: 3 }, hardState: { term: 3, vote: 0, commit: 5 } })
  await log.sync()
  const disk = new SimulatedDisk({ random: new SeededRandom(1) })
  const snapshots = await SnapshotStore.open({ disk, directory: '/snapshot', regionId: 1 })
  const last = { index: 12, term: 4 }
  await snapshots.save({ last, confState: { ...NO_MEMBERS, voters: [1, 2] } }, noPairs(), () => false)
  const machine = new KeyValueStateMachine()
  const durableAtRestore: number[] = []
  const stateMachine = withOther(machine, {
    restoreSnapshot: (applied, bytes) => {
      durableAtRestore.push(log.durableIndex)
      return machine.restoreSnapshot(applied, bytes)
    },
  })
  const applied = await recoverNode({ regionId: 1, log, snapshots, stateMachine, initialMembers: undefined })
  expect(durableAtRestore).toEqual([12])
  expect(applied.last).toEqual(last)
  expect(log.mark).toEqual(last)
})
