import type { Message } from '../../../../src-main/raft/core/model/message'
import type { PeerMessage } from '../../../../src-main/raft/transport/peer-message'
import type { RaftTransport } from '../../../../src-main/raft/transport/raft-transport'
import type { Mutant } from './mutant'

/** A transport that passes messages on altered. */
function altering(transport: RaftTransport, alter: (message: Message) => Message): RaftTransport {
  return {
    nodeId: transport.nodeId,
    send: (to, message: PeerMessage) => {
      transport.send(to, message.kind === 'raft' ? { ...message, message: alter(message.message) } : message)
    },
    listen: (handler) => {
      transport.listen(handler)
    },
    close: () => transport.close(),
  }
}

/** Turns over one bit of the last command in a message, now and then. */
function bitFlips(): (message: Message) => Message {
  let count = 0
  return (message) => {
    const last = message.entries.at(-1)
    if (last === undefined || last.type !== 'EntryNormal' || last.data.length === 0) return message
    count += 1
    if (count % 20 !== 0) return message
    const data = last.data.slice()
    data[0] = (data[0] ?? 0) ^ 1
    return { ...message, entries: [...message.entries.slice(0, -1), { ...last, data }] }
  }
}

/** Acknowledges one entry more than there is. */
function oneMore(message: Message): Message {
  return message.type === 'MsgAppResp' && !message.reject ? { ...message, index: message.index + 1 } : message
}

export const networkMutants: readonly Mutant[] = [
  {
    name: 'the network turns over bits of commands',
    caughtBy: ['log-matching'],
    seams: () => ({ transport: (inner) => altering(inner, bitFlips()) }),
  },
  {
    name: 'a follower acknowledges one entry more than it has',
    caughtBy: ['durable-promises'],
    seams: () => ({ transport: (inner) => altering(inner, oneMore) }),
  },
]
