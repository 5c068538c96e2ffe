import { beforeEach, describe, expect, it } from 'vitest'
import { PauseGate } from '../../../src-main/env/pause-gate'
import { draftMessage } from '../../../src-main/raft/core/model/message'
import { PausableTransport } from '../../../src-main/raft/transport/pausable-transport'
import type { PeerMessage, PeerMessageHandler } from '../../../src-main/raft/transport/peer-message'

const message = (regionId: number): PeerMessage => ({
  kind: 'raft',
  regionId,
  message: { ...draftMessage('MsgHeartbeat', 2), from: 1, term: 1 },
})
const chunk = (regionId: number, length: number): PeerMessage => ({
  kind: 'snapshot-chunk',
  regionId,
  transfer: { snapshot: { index: 1, term: 1 }, checksum: 0 },
  totalBytes: length,
  offset: 0,
  bytes: new Uint8Array(length),
})

let gate: PauseGate
let transport: PausableTransport
let arrive: PeerMessageHandler
let sent: number[]
let received: number[]
beforeEach(() => {
  gate = new PauseGate()
  sent = []
  received = []
  transport = new PausableTransport(
    {
      nodeId: 1,
      send: (_to, { regionId }) => sent.push(regionId),
      listen: (handler) => {
        arrive = handler
      },
      close: () => Promise.resolve(),
    },
    gate,
  )
  transport.listen((_from, { regionId }) => received.push(regionId))
})

describe('the transport of a node that can be paused', () => {
  it('carries both ways', () => {
    transport.send(2, message(1))
    arrive(2, message(2))
    expect({ sent, received }).toEqual({ sent: [1], received: [2] })
  })

  it('holds messages in both directions while the node is paused, in their order', () => {
    gate.close()
    transport.send(2, message(1))
    transport.send(2, message(2))
    arrive(2, message(3))
    arrive(2, message(4))
    expect({ sent, received }).toEqual({ sent: [], received: [] })
    gate.open()
    expect({ sent, received }).toEqual({ sent: [1, 2], received: [3, 4] })
  })

  it('loses what waits when it is closed: a node that is killed while it is paused hears none of it', async () => {
    gate.close()
    arrive(2, message(1))
    await transport.close()
    gate.open()
    expect(received).toEqual([])
  })

  it('loses what arrives for a paused node beyond 10,000 messages', () => {
    gate.close()
    for (let regionId = 1; regionId <= 10_001; regionId++) arrive(2, message(regionId))
    gate.open()
    expect(received).toHaveLength(10_000)
    expect(received.at(-1)).toBe(10_000)
    arrive(2, message(5))
    expect(received.at(-1)).toBe(5)
  })

  it('loses what arrives for a paused node beyond 32 MiB, and has room again afterwards', () => {
    const half = 16 * 1024 * 1024
    for (let round = 1; round <= 2; round++) {
      received.length = 0
      gate.close()
      arrive(2, chunk(1, half))
      arrive(2, chunk(2, half))
      arrive(2, chunk(3, 1))
      gate.open()
      expect(received).toEqual([1, 2])
    }
  })
})
