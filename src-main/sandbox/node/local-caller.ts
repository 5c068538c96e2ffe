import type { CallContext } from '../../rpc/call'
import { dingoError } from '../../rpc/dingo-error'
import { Errno } from '../../rpc/generated/dingodb/error_pb'

/** `127.x.x.x:port`, `[::1]:port`, an IPv4 address inside an IPv6 one, or a caller in this very process. */
const LOCAL_PEER = /^(?:\[?(?:::ffff:)?127\.\d+\.\d+\.\d+\]?:\d+|\[?::1\]?:\d+|[^.:]+)$/

/** Whether a caller, as the services name it, is on the node's own machine. */
export const isLocalPeer = (peer: string): boolean => LOCAL_PEER.test(peer)

/** Lets in who is on the node's own machine. @throws SandboxError DINGODB_ERROR ENOT_SUPPORT */
export function checkIsLocal({ method, peer }: CallContext): void {
  if (isLocalPeer(peer)) return
  const message = `${method} is answered to callers on the node's own machine only, and ${peer} is none.`
  throw dingoError(Errno.ENOT_SUPPORT, message, { details: { peer } })
}
