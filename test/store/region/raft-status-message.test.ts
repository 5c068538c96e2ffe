import { create } from '@bufbuild/protobuf'
import { expect, test } from 'vitest'
import { BRaftStatusSchema, RaftNodeState } from '../../../src-main/rpc/generated/dingodb/common_pb'
import { enginePeers, foundingPeers } from '../../../src-main/store/region/founding-peers'
import { raftStatusMessage } from '../../../src-main/store/region/raft-status-message'
import { definition } from '../support/region-messages'

const follower = {
  valid: true,
  installingSnapshot: false,
  nextIndex: 12,
  lastRpcSendTimestamp: 1.5,
  flyingAppendEntriesSize: 3,
  readonlyIndex: 0,
  consecutiveErrorTimes: 2,
}

test('a Raft status names peers as braft does', () => {
  const locations = new Map([
    [1, { host: 'one', port: 20101 }],
    [2, { host: 'two', port: 20102 }],
  ])
  const message = create(
    BRaftStatusSchema,
    raftStatusMessage(
      {
        raftState: 'STATE_CANDIDATE',
        peerId: 1,
        leaderPeerId: 0,
        readonly: false,
        term: 4,
        committedIndex: 5,
        knownAppliedIndex: 6,
        pendingIndex: 7,
        pendingQueueSize: 8,
        applyingIndex: 9,
        firstIndex: 10,
        lastIndex: 11,
        diskIndex: 12,
        stableFollowers: new Map([[2, follower]]),
        unstableFollowers: new Map([
          [3, follower],
          [4, follower],
        ]),
      },
      (storeId) => locations.get(storeId),
    ),
  )
  expect(message).toMatchObject({
    raftState: RaftNodeState.STATE_CANDIDATE,
    peerId: 'one:20101:0',
    leaderPeerId: '0.0.0.0:0:0',
    term: 4n,
    diskIndex: 12n,
  })
  expect(message.stableFollowers['two:20102:0']).toMatchObject({ nextIndex: 12n, consecutiveErrorTimes: 2 })
  expect(Object.keys(message.unstableFollowers)).toEqual(['3', '4'])
})

test('the founders of a group are its peers until they change for the first time', () => {
  const { peers } = definition(7)
  const founders = { voters: [20001, 20002, 20003], learners: [] }
  expect(foundingPeers({ peers, epoch: { confVersion: 1, version: 9 } })).toEqual(founders)
  expect(foundingPeers({ peers, epoch: { confVersion: 2, version: 1 } })).toBeUndefined()
  expect(enginePeers({ peers })).toEqual(founders)
})
