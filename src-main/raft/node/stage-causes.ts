import type { StageCause } from '../../flow/stage-event'

/** Why stages of the replication happen. The screens have the same sentences in other languages, by the code. */
export const causes = {
  propose: (): StageCause => ({
    code: 'raft.propose',
    parameters: {},
    sentence: 'Only the leader may put a command into the log; it gives it the next index of its term.',
  }),
  send: (to: number, nextIndex: number): StageCause => ({
    code: 'raft.send',
    parameters: { to, nextIndex },
    sentence: `The leader sends the entry to node ${String(to)} at once, while its own disk is still writing.`,
  }),
  receive: (from: number, logTerm: number, index: number): StageCause => ({
    code: 'raft.receive',
    parameters: { from, logTerm, index },
    sentence: `The entry before (index ${String(index)}, term ${String(logTerm)}) must be in this log, too; else the message is rejected.`,
  }),
  append: (index: number): StageCause => ({
    code: 'log.append',
    parameters: { index },
    sentence: `The log takes the entry at index ${String(index)}; until it is synced a crash may lose it.`,
  }),
  record: (bytes: number): StageCause => ({
    code: 'log.record',
    parameters: { bytes },
    sentence: `The entry becomes one record of ${String(bytes)} bytes: header with term, index and checksums, then the command.`,
  }),
  sync: (): StageCause => ({
    code: 'log.sync',
    parameters: {},
    sentence: 'Nobody may be told of the entry before it would survive the loss of power.',
  }),
  fsync: (): StageCause => ({
    code: 'log.fsync',
    parameters: {},
    sentence: 'The operating system has the bytes; the disk confirms that it has them, too.',
  }),
  acknowledge: (to: number, index: number): StageCause => ({
    code: 'raft.ack',
    parameters: { to, index },
    sentence: `The log is durable up to index ${String(index)}, and the leader is told so.`,
  }),
  commit: (index: number, term: number): StageCause => ({
    code: 'raft.commit',
    parameters: { index, term },
    sentence: `A quorum holds index ${String(index)} durably, and it is of the leader's own term ${String(term)}: nobody can undo it any more (Raft, section 5.4.2).`,
  }),
  apply: (index: number): StageCause => ({
    code: 'stateMachine.apply',
    parameters: { index },
    sentence: `Everything up to index ${String(index)} is committed, so the state machine handles it, in the order of the log.`,
  }),
  answer: (): StageCause => ({
    code: 'closure.run',
    parameters: {},
    sentence: 'The entry is applied here, so the write that waits for it is woken.',
  }),
  message: (type: string, peer: number): StageCause => ({
    code: 'raft.message',
    parameters: { type, peer },
    sentence: `A message of type ${type} that belongs to no operation.`,
  }),
} as const
