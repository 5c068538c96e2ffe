import { afterEach, describe, expect, test } from 'vitest'
import type { SimulatedNode } from '../../../src-main/env/simulated'
import { simulatedEnv } from '../../../src-main/env/simulated'
import type { FlowProbe } from '../../../src-main/flow/flow-probe'
import { noProbe } from '../../../src-main/flow/flow-probe'
import { draftMessage } from '../../../src-main/raft/core/model/message'
import { leaseLengthMs } from '../../../src-main/raft/node/lease-clock'
import { RaftNodeManager } from '../../../src-main/raft/node/raft-node-manager'
import { KeyValueStateMachine } from '../../../src-main/raft/simulation/key-value-state-machine'
import type { PeerMessageHandler } from '../../../src-main/raft/transport/peer-message'
import type { RaftTransport } from '../../../src-main/raft/transport/raft-transport'
import { REGION_ID, members } from './support/test-group'

/** Ticks between heartbeats are made up for at the next one, so up to four are behind. */
const TIMING = { tickMs: 100, electionTimeoutMs: 1_000, heartbeatMs: 500 }
const LEASE_MS = leaseLengthMs(10, 100)
/** The longest that a voter of ten ticks keeps its promise. */
const PROMISE_MS = 1_000
const [MEMBER, LEADER] = [2, 1]

const machines: SimulatedNode[] = []
afterEach(() => {
  for (const machine of machines.splice(0)) machine.kill()
})

/** A member whose leader is the test. */
function newMember() {
  const simulation = simulatedEnv({ seed: 1 })
  const { clock } = simulation
  const machine = simulation.addNode('member')
  machines.push(machine)
  let arrive: PeerMessageHandler = () => undefined
  const transport: RaftTransport = {
    nodeId: MEMBER,
    send: () => undefined,
    listen: (handler) => {
      arrive = handler
    },
    close: () => Promise.resolve(),
  }
  const open = async (probe: FlowProbe = noProbe, openingAtMs = 0) => {
    machine.kill()
    const startedMs = clock.monotonicMs()
    const manager = new RaftNodeManager({
      ...{ env: machine.start(), transport, directory: '/store', timing: TIMING, probe },
      settings: { readMode: 'lease' },
      onFailure: (_regionId, error) => expect.unreachable(error.message),
      onWarning: () => undefined,
    })
    await clock.advance(openingAtMs)
    const stateMachine = new KeyValueStateMachine()
    const node = await manager.open({ regionId: REGION_ID, stateMachine, initialMembers: members(1, 2, 3) })
    expect(clock.monotonicMs()).toBe(startedMs + openingAtMs)
    return { manager, node }
  }
  const heartbeat = () => {
    const message = { ...draftMessage('MsgHeartbeat', MEMBER), from: LEADER, term: 5, leaseTime: 1 }
    arrive(LEADER, { kind: 'raft', regionId: REGION_ID, message })
  }
  return { clock, open, heartbeat }
}

/** Whether a member that is asked to campaign does so. */
const campaigns = ({ node }: Awaited<ReturnType<ReturnType<typeof newMember>['open']>>) => {
  node.campaign()
  return node.coreStatus().role !== 'StateFollower'
}

describe('a member whose ticks are behind keeps its promise for as long as a lease may last', () => {
  test('given by a heartbeat that comes', async () => {
    const { clock, open, heartbeat } = newMember()
    const member = await open()
    await clock.advance(490)
    heartbeat()
    await clock.advance(LEASE_MS)
    expect(campaigns(member)).toBe(false)
    await clock.advance(PROMISE_MS - LEASE_MS + 500)
    expect(campaigns(member)).toBe(true)
  })

  test('given by a heartbeat that was held for stepping', async () => {
    let release: () => void = () => undefined
    const held = new Promise<{ readonly kind: 'deliver' }>((resolve) => {
      release = () => {
        resolve({ kind: 'deliver' })
      }
    })
    const { clock, open, heartbeat } = newMember()
    const member = await open({
      ...noProbe,
      isOn: true,
      wantsMessage: () => true,
      enterMessage: () => ({ held, leave: () => undefined }),
    })
    heartbeat()
    await clock.advance(490)
    expect(member.node.leader).toBe(0)
    release()
    await clock.advance(LEASE_MS)
    expect(member.node.leader).toBe(LEADER)
    expect(campaigns(member)).toBe(false)
  })

  test('owed from before it was opened', async () => {
    const { clock, open, heartbeat } = newMember()
    const { manager } = await open()
    heartbeat()
    await clock.settle()
    await manager.close()
    const again = await open(noProbe, 490)
    await clock.advance(LEASE_MS)
    expect(campaigns(again)).toBe(false)
  })
})
