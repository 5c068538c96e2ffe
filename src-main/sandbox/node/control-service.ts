import type { MessageInitShape } from '@bufbuild/protobuf'
import { SandboxError } from '../../base/sandbox-error'
import type { ServiceHandlers } from '../../rpc/call'
import { dingoError } from '../../rpc/dingo-error'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import type { ControlService, GetStatusResponseSchema, Link } from '../../rpc/generated/sandbox/control_pb'
import * as control from '../../rpc/generated/sandbox/control_pb'
import { toNumber } from '../../rpc/int64'
import { checkIsLocal } from './local-caller'
import type { LinkRule } from './node-link'
import type { NodeStatus } from './node-status'

/** What the control service needs of its node. */
export interface ControlledNode {
  status(): Promise<NodeStatus>
  setLink(rule: LinkRule): void
  /** The links that are not as they should be. */
  links(): readonly LinkRule[]
  /** Ends the node in order, behind the answer. */
  shutDown(): void
}

/** The handlers of ControlService. Whoever is not on this machine is refused: they can cut a node off and end it. */
export function controlHandlers(node: ControlledNode): ServiceHandlers<typeof ControlService> {
  return {
    async getStatus(_request, call) {
      checkIsLocal(call)
      return toStatusResponse(await node.status())
    },
    setLink({ link }, call) {
      checkIsLocal(call)
      node.setLink(toLinkRule(link))
      return {}
    },
    listLinks(_request, call) {
      checkIsLocal(call)
      const links = node.links().map(({ peer, direction, cut, delayMs }) => ({
        peerNodeId: BigInt(peer),
        direction: direction === 'outgoing' ? control.LinkDirection.OUTGOING : control.LinkDirection.INCOMING,
        cut,
        delayMs: BigInt(Math.round(delayMs)),
      }))
      return { links }
    },
    shutdown(_request, call) {
      checkIsLocal(call)
      node.shutDown()
      return {}
    },
  }
}

function toLinkRule(link: Link | undefined): LinkRule {
  if (link === undefined || link.direction === control.LinkDirection.UNSPECIFIED) {
    const message = 'SetLink needs a link with its direction: LINK_DIRECTION_OUTGOING or LINK_DIRECTION_INCOMING.'
    throw dingoError(Errno.EILLEGAL_PARAMTETERS, message)
  }
  return {
    peer: toNumber(link.peerNodeId, 'peer_node_id'),
    direction: link.direction === control.LinkDirection.OUTGOING ? 'outgoing' : 'incoming',
    cut: link.cut,
    delayMs: toNumber(link.delayMs, 'delay_ms'),
  }
}

const STATES = {
  running: control.NodeState.RUNNING,
  stopping: control.NodeState.STOPPING,
  failed: control.NodeState.FAILED,
} as const satisfies Record<NodeStatus['state'], control.NodeState>

function toStatusResponse(status: NodeStatus): MessageInitShape<typeof GetStatusResponseSchema> {
  const { eventLoopDelay, memory, lastError } = status
  return {
    nodeId: BigInt(status.nodeId),
    role: status.role === 'store' ? control.NodeRole.STORE : control.NodeRole.COORDINATOR,
    state: STATES[status.state],
    uptimeMs: BigInt(Math.round(status.uptimeMs)),
    regionCount: BigInt(status.regionCount),
    leaderCount: BigInt(status.leaderCount),
    eventLoopDelayMeanMs: eventLoopDelay.meanMs,
    eventLoopDelayMaxMs: eventLoopDelay.maxMs,
    heapUsedBytes: BigInt(memory.heapUsedBytes),
    externalBytes: BigInt(memory.externalBytes),
    processResidentBytes: BigInt(memory.processResidentBytes),
    lastError: lastError === undefined ? '' : `${lastError.code}: ${SandboxError.deserialize(lastError).message}`,
  }
}
