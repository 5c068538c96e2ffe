import type { SandboxError } from '../../base/sandbox-error'
import type { ConfState } from '../core/model/conf-state'
import type { EntryId } from '../core/model/entry'
import type { Message } from '../core/model/message'
import type { NodeId } from '../core/model/node-id'
import type { Snapshot } from '../core/model/snapshot'
import type { RaftLogStore } from '../log/raft-log-store'
import type { PeerMessage, SnapshotChunkMessage, SnapshotProgressMessage } from '../transport/peer-message'
import type { RaftSettings } from './raft-node-options'
import type { RaftNodeObserver } from './raft-node-observer'
import { SnapshotKeeper } from './snapshot-keeper'
import { SnapshotReceiver } from './snapshot/snapshot-receiver'
import { SnapshotSender } from './snapshot/snapshot-sender'
import type { SnapshotStore } from './snapshot/snapshot-store'
import { isSnapshot } from './snapshot/stored-snapshot'
import type { StateMachineSnapshot } from './state-machine'

/** What the snapshots of a group need of the rest of the node. */
export interface GroupSnapshotsHost {
  readonly regionId: number
  readonly committedIndex: number
  /** The last index at which the core looks no more, whatever comes. */
  readonly unneededIndex: number
  /** The membership behind the last entry that was handed to the state machine. */
  readonly confState: ConfState
  createSnapshot(): Promise<StateMachineSnapshot>
  /** As the state machine's `persist` has it; undefined where the state machine has no such thing. */
  readonly persist: (() => Promise<EntryId>) | undefined
  send(to: NodeId, message: PeerMessage): void
  reportSnapshot(to: NodeId, arrived: boolean): void
  fail(thrown: unknown): void
  warn(error: SandboxError): void
}

/** A silent receiver is asked again after so many heartbeats, and given up after so many times. */
const RESEND_HEARTBEATS = 2
const MAX_RESENDS = 10

/** Everything about the snapshots of one group on one node: saving, sending, receiving, installing. */
export class GroupSnapshots {
  readonly #store: SnapshotStore
  readonly #host: GroupSnapshotsHost
  readonly #keeper: SnapshotKeeper
  readonly #sender: SnapshotSender
  readonly #receiver: SnapshotReceiver
  /** The log is reset for it, and the state machine does not hold it yet. */
  #installing: Snapshot | undefined

  constructor(
    store: SnapshotStore,
    log: RaftLogStore,
    settings: RaftSettings,
    host: GroupSnapshotsHost,
    observer: RaftNodeObserver<never> | undefined,
  ) {
    this.#store = store
    this.#host = host
    this.#keeper = new SnapshotKeeper(store, log, settings, host, observer)
    const senderSettings = {
      chunkBytes: settings.snapshotChunkBytes,
      windowBytes: settings.snapshotWindowBytes,
      resendTicks: settings.heartbeatTicks * RESEND_HEARTBEATS,
      maxResends: MAX_RESENDS,
    }
    this.#sender = new SnapshotSender(store, senderSettings, host)
    this.#receiver = new SnapshotReceiver(store, {
      regionId: host.regionId,
      send: (to, message) => {
        host.send(to, message)
      },
      warn: (error) => {
        host.warn(error)
      },
      isKnown: ({ snapshot }) => snapshot.index <= host.committedIndex,
      isInstalling: () => this.#installing !== undefined,
      received: ({ last }) => observer?.snapshotReceived?.(last),
    })
  }

  /** Whether a snapshot is on its way to a member, which is counted in ticks. */
  get isSending(): boolean {
    return !this.#sender.isIdle
  }

  tick(): void {
    if (!this.#sender.isIdle) this.#sender.tick()
  }

  /** See {@link SnapshotKeeper.newestForMembers}. */
  newestForMembers(): Snapshot | undefined {
    return this.#keeper.newestForMembers()
  }

  /** See {@link SnapshotKeeper.save}. */
  save(): Promise<EntryId | undefined> {
    return this.#keeper.save()
  }

  /** Everything up to an index is applied. */
  appliedTo(index: number): void {
    this.#keeper.appliedTo(index)
  }

  /** Takes a MsgSnap that the core wants sent. */
  send(message: Message): void {
    this.#sender.begin(message)
  }

  take(from: NodeId, message: SnapshotChunkMessage | SnapshotProgressMessage): void {
    if (message.kind === 'snapshot-chunk') this.#receiver.take(from, message)
    else this.#sender.takeProgress(from, message)
  }

  /**
   * Whether the core may see a MsgSnap: only if the file is here and stays, or the core needs none because it has it all. Who
   * sent one that the core does not see finds out from the next answer.
   */
  mayStep({ snapshot }: Message): boolean {
    if (snapshot === null || snapshot.index <= this.#host.committedIndex) return true
    return this.#installing === undefined && !this.#store.isChanging && isSnapshot(this.#store.newest, snapshot)
  }

  /** The log is being reset for the snapshot; until it is installed no other may take its place. */
  beginInstalling(snapshot: Snapshot): void {
    this.#installing = snapshot
  }

  /** The state in the snapshot that is being installed. Undefined if its file is gone, which nothing here does. */
  stateOf(snapshot: Snapshot): AsyncIterable<Uint8Array> | undefined {
    const stored = this.#store.newest
    return isSnapshot(stored, snapshot) ? this.#store.read(stored) : undefined
  }

  installed(index: number): void {
    this.#installing = undefined
    this.#keeper.installed(index)
  }

  /** Only a leader sends snapshots. */
  leadershipLost(): void {
    this.#sender.stop()
  }

  /** Starts nothing more; resolves when what runs is over and the files are closed. */
  async stop(): Promise<void> {
    this.#sender.stop()
    await Promise.all([this.#keeper.stop(), this.#receiver.stop()])
  }
}
