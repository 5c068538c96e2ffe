import { describe, expect, it } from 'vitest'
import { SimulatedClock } from '../../../src-main/env/simulated'
import type { CallContext } from '../../../src-main/rpc/call'
import { errnoOf } from '../../../src-main/rpc/dingo-error'
import { Errno } from '../../../src-main/rpc/generated/dingodb/error_pb'
import { LinkDirection, NodeRole, NodeState } from '../../../src-main/rpc/generated/sandbox/control_pb'
import { ControlService } from '../../../src-main/rpc/generated/sandbox/control_pb'
import { UnaryMethod } from '../../../src-main/rpc/unary-method'
import { controlHandlers } from '../../../src-main/sandbox/node/control-service'
import type { LinkRule } from '../../../src-main/sandbox/node/node-link'
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'

const rules: LinkRule[] = []
const handlers = controlHandlers({
  status: () =>
    Promise.resolve({
      nodeId: 20_001,
      role: 'store',
      state: 'failed',
      uptimeMs: 12.6,
      regionCount: 3,
      leaderCount: 1,
      eventLoopDelay: { meanMs: 0.5, maxMs: 2 },
      memory: { heapUsedBytes: 1, externalBytes: 2, processResidentBytes: 3 },
      lastError: { code: 'RAFT_LOG_FAILED', message: 'The log failed.', details: {} },
    }),
  setLink: (rule) => rules.push(rule),
  links: () => rules,
  shutDown: () => undefined,
})
const callFrom = (peer: string): CallContext => ({
  method: 'dingodb.sandbox.control.ControlService/GetStatus',
  peer,
  signal: new AbortController().signal,
  aborted: false,
  remainingMs: undefined,
  traceId: undefined,
})
const getStatus = async (peer: string) => {
  const { method } = ControlService
  const unary = new UnaryMethod(method.getStatus, handlers.getStatus as never)
  const request = toBinary(method.getStatus.input, create(method.getStatus.input))
  return fromBinary(method.getStatus.output, await unary.answer(request, callFrom(peer), new SimulatedClock()))
}

describe('the control service', () => {
  it.each(['127.0.0.1:50000', '127.8.0.1:1', '[::1]:50000', '[::ffff:127.0.0.1]:50000', 'lab'])(
    'answers %s, which is on this machine',
    async (peer) => {
      expect(await getStatus(peer)).toMatchObject({
        nodeId: 20_001n,
        role: NodeRole.STORE,
        state: NodeState.FAILED,
        uptimeMs: 13n,
        lastError: 'RAFT_LOG_FAILED: The log failed.',
      })
    },
  )

  it.each(['10.0.0.1:50000', '[fe80::1]:50000', '128.0.0.1:1', 'unknown.example:1'])('refuses %s', async (peer) => {
    const { error, nodeId } = await getStatus(peer)
    expect({ errcode: error?.errcode, nodeId }).toEqual({ errcode: Errno.ENOT_SUPPORT, nodeId: 0n })
  })

  it('needs to know which way a link goes', () => {
    const { input } = ControlService.method.setLink
    const link = { peerNodeId: 2n, direction: LinkDirection.INCOMING, cut: true, delayMs: 5n }
    const setLink = (direction: LinkDirection) =>
      handlers.setLink?.(create(input, { link: { ...link, direction } }), callFrom('127.0.0.1:1'))
    void setLink(LinkDirection.INCOMING)
    expect(rules).toEqual([{ peer: 2, direction: 'incoming', cut: true, delayMs: 5 }])
    let refusal: unknown
    try {
      void setLink(LinkDirection.UNSPECIFIED)
    } catch (thrown) {
      refusal = thrown
    }
    expect(errnoOf(refusal)).toBe(Errno.EILLEGAL_PARAMTETERS)
  })
})
