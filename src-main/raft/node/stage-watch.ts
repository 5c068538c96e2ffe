import type { FlowProbe, OpenStage, RequestTrace, StageDescription, StageOutcome } from '../../flow/flow-probe'
import type { FollowedEntry } from '../../flow/followed-entries'
import type { MessageAction } from '../../flow/gate'
import type { StageDatum } from '../../flow/stage-event'
import { bytesDatum } from '../../flow/stage-data'
import type { OperationName, StageName } from '../../flow/stages'
import type { Entry } from '../core/model/entry'
import type { Message } from '../core/model/message'
import type { NodeId } from '../core/model/node-id'
import { recordBytes } from '../log/log-record'
import type { EntryPlace, LogReader } from '../log/raft-log-store'
import type { FollowedMark, RaftPeerMessage } from '../transport/peer-message'
import { causes } from './stage-causes'

/** Stages that were entered together, for several entries of one batch. */
export interface OpenStages {
  /** Resolves when all of them may go on; undefined if none is held. The strictest action of all: one that is dropped drops the whole. */
  readonly held: Promise<MessageAction> | undefined
  leave(outcome?: () => StageOutcome): void
}

/** Reads the bytes of a record as they stand on disk; undefined if they are not there any more. */
export type ReadRecord = (place: EntryPlace) => Promise<Uint8Array | undefined>

/** The record of an entry that is being written. */
export interface OpenRecord {
  readonly index: number
  readonly stage: OpenStage
}

/** A message on its way, as it is to go on. */
export interface WatchedMessage {
  readonly message: RaftPeerMessage
  readonly stages: OpenStages
}

/**
 * The replication of one group as stepping sees it (src-main/flow). Whoever asks has looked at {@link isOn} before: it is
 * false almost always, and then nothing of this costs anything.
 */
export class StageWatch {
  readonly #probe: FlowProbe
  readonly #regionId: number
  readonly #nodeId: NodeId
  readonly #readRecord: ReadRecord
  /** Up to here this node has told its leader what it has, as far as that was a stage. */
  #acknowledgedIndex = 0
  #messages = 0

  constructor(probe: FlowProbe, regionId: number, nodeId: NodeId, readRecord: ReadRecord) {
    this.#probe = probe
    this.#regionId = regionId
    this.#nodeId = nodeId
    this.#readRecord = readRecord
  }

  get isOn(): boolean {
    return this.#probe.isOn
  }

  /** A command is about to be proposed. */
  proposing(trace: RequestTrace, data: Uint8Array): OpenStage {
    return trace.enter('raftNode.propose', () => ({
      before: [commandDatum(data)],
      cause: causes.propose(),
    }))
  }

  /** The answer of a command is about to be given to whoever waits for it. */
  answering(trace: RequestTrace): OpenStage {
    return trace.enter('closure.run', () => ({ before: [], cause: causes.answer() }))
  }

  /** A message is about to leave; undefined if nobody looks at it. */
  sending(message: RaftPeerMessage): WatchedMessage | undefined {
    const { type, to, entries, index, reject } = message.message
    if (type === 'MsgApp' && entries.length > 0) {
      const followed = this.#followedOf(entries)
      if (followed.length === 0) return this.#sendingOther(message)
      this.#messages += 1
      const messageId = `${String(this.#nodeId)}-${String(this.#regionId)}-${String(this.#messages)}`
      const stages = this.#enter(followed, 'raft.send', () => ({
        before: messageData(message.message),
        cause: causes.send(to, index + 1),
        peerId: to,
        messageType: type,
        messageId,
      }))
      return { message: { ...message, followed: followed.map(toMark), messageId }, stages }
    }
    if (type === 'MsgAppResp' && !reject && index > this.#acknowledgedIndex) {
      const acknowledged = this.#probe.entries(this.#regionId, this.#acknowledgedIndex + 1, index)
      this.#acknowledgedIndex = index
      if (acknowledged.length === 0) return this.#sendingOther(message)
      const stages = this.#enter(acknowledged, 'raft.ack', () => ({
        before: messageData(message.message),
        cause: causes.acknowledge(to, index),
        peerId: to,
        messageType: type,
      }))
      return { message, stages }
    }
    return this.#sendingOther(message)
  }

  /** A message has come; undefined if nobody looks at it. Its followed entries are followed here, too. */
  receiving(from: NodeId, { message, followed, messageId }: RaftPeerMessage): OpenStages | undefined {
    if (followed !== undefined) {
      const entries = followed.map((mark) => this.#toFollowed(mark))
      this.#probe.follow(entries)
      // A log that is cut and filled anew acknowledges the same indexes again.
      const first = entries[0]?.index ?? 0
      this.#acknowledgedIndex = Math.min(this.#acknowledgedIndex, first - 1)
      return this.#enter(entries, 'raft.receive', () => ({
        before: messageData(message),
        cause: causes.receive(from, message.logTerm, message.index),
        peerId: from,
        messageType: message.type,
        ...(messageId !== undefined && { messageId }),
      }))
    }
    if (!this.#probe.isOn || !this.#probe.wantsMessage(message.type)) return undefined
    return together([
      this.#probe.enterMessage(this.#regionId, 'raft.receive', () => ({
        before: messageData(message),
        cause: causes.message(message.type, from),
        peerId: from,
        messageType: message.type,
      })),
    ])
  }

  /** Entries are about to be written to the log; undefined if none of them is followed. */
  appending(entries: readonly Entry[]): OpenStages | undefined {
    const followed = this.#followedOf(entries)
    if (followed.length === 0) return undefined
    return this.#enter(followed, 'log.append', (each) => ({
      before: entryData(entries, each.index),
      cause: causes.append(each.index),
    }))
  }

  /** The record of each entry, part of its append. */
  recording(entries: readonly Entry[]): readonly OpenRecord[] {
    return this.#followedOf(entries).map(({ index, ...entry }) => {
      const bytes = recordBytes(entries.find((each) => each.index === index)?.data.length ?? 0)
      const stage = this.#probe.enterEntry({ index, ...entry }, 'log.record', () => ({
        before: entryData(entries, index),
        cause: causes.record(bytes),
      }))
      return { index, stage }
    })
  }

  /** The records are durable: each is shown as it stands on disk. */
  async recorded(records: readonly OpenRecord[], log: LogReader): Promise<void> {
    for (const { index, stage } of records) {
      try {
        const isThere = index >= log.firstIndex && index <= log.durableIndex
        const place = isThere ? log.place(index) : undefined
        const bytes = place === undefined ? undefined : await this.#readRecord(place)
        stage.leave(() => ({ after: place === undefined || bytes === undefined ? [] : [recordDatum(place, bytes)] }))
      } catch (error) {
        // Only the picture lacks something: the writer has not been disturbed.
        stage.leave(() => ({ error }))
      }
    }
  }

  /** Entries are about to be made durable; and, as a part of that, the disk is about to confirm them. */
  syncing(entries: readonly Entry[], stage: 'log.sync' | 'log.fsync'): OpenStages {
    const cause = stage === 'log.sync' ? causes.sync : causes.fsync
    return this.#enter(this.#followedOf(entries), stage, () => ({ before: [], cause: cause() }))
  }

  /** This leader has learned that entries are committed; undefined if none of them is followed. */
  committing(first: number, last: number, term: number): OpenStages | undefined {
    const followed = this.#probe.entries(this.#regionId, first, last)
    if (followed.length === 0) return undefined
    return this.#enter(followed, 'raftNode.commit', (each) => ({ before: [], cause: causes.commit(each.index, term) }))
  }

  /** Entries are about to be applied; undefined if none of them is followed. */
  applying(entries: readonly Entry[]): OpenStages | undefined {
    const followed = this.#followedOf(entries)
    if (followed.length === 0) return undefined
    return this.#enter(followed, 'stateMachine.onApply', (each) => ({
      before: entryData(entries, each.index),
      cause: causes.apply(each.index),
    }))
  }

  /** The group ends here: what is held of it goes on, and finds that out. */
  end(): void {
    this.#probe.endRegion(this.#regionId)
  }

  /** Everything up to an index is applied here. */
  applied(index: number): void {
    this.#probe.applied(this.#regionId, index)
  }

  #sendingOther(message: RaftPeerMessage): WatchedMessage | undefined {
    const { type, to } = message.message
    if (!this.#probe.wantsMessage(type)) return undefined
    const stage = this.#probe.enterMessage(this.#regionId, 'raft.send', () => ({
      before: messageData(message.message),
      cause: causes.message(type, to),
      peerId: to,
      messageType: type,
    }))
    return { message, stages: together([stage]) }
  }

  #followedOf(entries: readonly Entry[]): readonly FollowedEntry[] {
    const first = entries[0]
    const last = entries.at(-1)
    if (first === undefined || last === undefined) return []
    return this.#probe.entries(this.#regionId, first.index, last.index)
  }

  #enter(
    followed: readonly FollowedEntry[],
    stage: StageName,
    describe: (entry: FollowedEntry) => StageDescription,
  ): OpenStages {
    return together(followed.map((entry) => this.#probe.enterEntry(entry, stage, () => describe(entry))))
  }

  #toFollowed({ index, term, traceId, operation, key }: FollowedMark): FollowedEntry {
    return { regionId: this.#regionId, index, term, traceId, operation: operation as OperationName, key }
  }
}

function toMark({ index, term, traceId, operation, key }: FollowedEntry): FollowedMark {
  return { index, term, traceId, operation, key }
}

const severity: Readonly<Record<MessageAction['kind'], number>> = { deliver: 0, duplicate: 1, delay: 2, drop: 3 }

/** Stages of one batch as one. */
function together(stages: readonly OpenStage[]): OpenStages {
  const holds = stages.flatMap(({ held }) => (held === undefined ? [] : [held]))
  return {
    held:
      holds.length === 0
        ? undefined
        : Promise.all(holds).then((actions) =>
            actions.reduce((worst, action) => (severity[action.kind] > severity[worst.kind] ? action : worst)),
          ),
    leave: (outcome) => {
      for (const stage of stages) stage.leave(outcome)
    },
  }
}

/** Where a command went in the log. */
export function entryIdDatum(index: number, term: number): StageDatum {
  const json = JSON.stringify({ index, term })
  return { name: 'entry', type: 'raft-entry', bytes: new Uint8Array(0), length: 0, json }
}

function commandDatum(data: Uint8Array): StageDatum {
  return bytesDatum('command', 'dingodb.pb.raft.RaftCmdRequest', data)
}

function recordDatum(place: EntryPlace, bytes: Uint8Array): StageDatum {
  return { ...bytesDatum('record', 'log-record', bytes), json: JSON.stringify(place) }
}

/** A message of Raft as JSON, and the commands in it as they are. */
function messageData(message: Message): readonly StageDatum[] {
  const { type, from, to, term, logTerm, index, commit, reject, entries } = message
  const shown = { type, from, to, term, logTerm, index, commit, reject, entries: entries.map(describeEntry) }
  const json = JSON.stringify(shown)
  const noBytes = new Uint8Array(0)
  return [
    { name: type, type: 'raft-message', bytes: noBytes, length: 0, json },
    ...entries.slice(0, 1).map(({ data }) => commandDatum(data)),
  ]
}

function describeEntry({ index, term, type, data }: Entry) {
  return { index, term, type, bytes: data.length }
}

function entryData(entries: readonly Entry[], index: number): readonly StageDatum[] {
  const entry = entries.find((each) => each.index === index)
  if (entry === undefined) return []
  const json = JSON.stringify(describeEntry(entry))
  return [{ name: 'entry', type: 'raft-entry', bytes: new Uint8Array(0), length: 0, json }, commandDatum(entry.data)]
}
