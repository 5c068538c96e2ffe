import { SandboxError } from '../../../base/sandbox-error'
import type { DiskFile } from '../../../env'
import type { Message } from '../../core/model/message'
import type { NodeId } from '../../core/model/node-id'
import type { PeerMessage, SnapshotProgressMessage } from '../../transport/peer-message'
import type { SnapshotStore } from './snapshot-store'
import type { StoredSnapshot } from './stored-snapshot'
import { isSameTransfer, isSnapshot, transferIdOf } from './stored-snapshot'

/** How snapshots are sent. */
export interface SnapshotSenderSettings {
  /** Bytes of the file in one message. */
  readonly chunkBytes: number
  /** Bytes that may be under way and not acknowledged. */
  readonly windowBytes: number
  /** Ticks without an answer after which what was not acknowledged is sent again. */
  readonly resendTicks: number
  /** After so many resends without progress the sending is given up. */
  readonly maxResends: number
}

/** What sending needs of its node. */
export interface SnapshotSenderHost {
  readonly regionId: number
  send(to: NodeId, message: PeerMessage): void
  /** A sending is over: the core may go on with that member. */
  reportSnapshot(to: NodeId, arrived: boolean): void
  warn(error: SandboxError): void
}

interface Sending {
  readonly to: NodeId
  readonly snapshot: StoredSnapshot
  /** The core's own message, which follows the file. */
  message: Message
  file: DiskFile | undefined
  /** Bytes that the receiver said it has. */
  acknowledged: number
  /** The most that it ever said it has; anything below is a setback. */
  mostAcknowledged: number
  setbacks: number
  /** Offset of the next chunk; -1 until the receiver has said where to begin. */
  next: number
  silentTicks: number
  resends: number
  isFilling: boolean
  isOver: boolean
}

/** So many times may a receiver come back to bytes that it had already before the file here is suspected. */
const MAX_SETBACKS = 3

/**
 * Sends snapshots to members that lack what was cut off the log: first the file in chunks, then, once the receiver has
 * it whole and durable, the core's message that makes it install. It starts where the receiver is, so an interrupted
 * sending goes on, also after the receiver was restarted.
 */
export class SnapshotSender {
  readonly #store: SnapshotStore
  readonly #settings: SnapshotSenderSettings
  readonly #host: SnapshotSenderHost
  readonly #sendings = new Map<NodeId, Sending>()

  constructor(store: SnapshotStore, settings: SnapshotSenderSettings, host: SnapshotSenderHost) {
    this.#store = store
    this.#settings = settings
    this.#host = host
  }

  /** Whether nothing is being sent. */
  get isIdle(): boolean {
    return this.#sendings.size === 0
  }

  /** Whether a snapshot is being sent to the member. */
  isSendingTo(to: NodeId): boolean {
    return this.#sendings.has(to)
  }

  /** Takes a MsgSnap of the core instead of the transport. */
  begin(message: Message): void {
    const { to, snapshot } = message
    const running = this.#sendings.get(to)
    if (running !== undefined && snapshot !== null && isSnapshot(running.snapshot, snapshot)) {
      running.message = message
      return
    }
    if (running !== undefined) this.#close(running)
    const stored = this.#store.newest
    if (snapshot === null || !isSnapshot(stored, snapshot)) {
      // It was replaced since the core asked for it; the core will ask again.
      this.#host.reportSnapshot(to, false)
      return
    }
    const sending: Sending = {
      to,
      snapshot: stored,
      message,
      file: undefined,
      acknowledged: 0,
      mostAcknowledged: 0,
      setbacks: 0,
      next: -1,
      silentTicks: 0,
      resends: 0,
      isFilling: false,
      isOver: false,
    }
    this.#sendings.set(to, sending)
    void this.#open(sending)
  }

  /** The receiver said what it has. */
  takeProgress(from: NodeId, progress: SnapshotProgressMessage): void {
    const sending = this.#sendings.get(from)
    if (sending === undefined || !isSameTransfer(transferIdOf(sending.snapshot), progress.transfer)) return
    if (progress.refused) {
      this.#end(sending, false)
      return
    }
    const { receivedBytes } = progress
    sending.silentTicks = 0
    if (receivedBytes === sending.snapshot.totalBytes) {
      this.#host.send(from, { kind: 'raft', regionId: this.#host.regionId, message: sending.message })
      this.#end(sending, true)
      return
    }
    if (receivedBytes > sending.mostAcknowledged) {
      sending.mostAcknowledged = receivedBytes
      sending.resends = 0
    }
    const isSetback = receivedBytes < sending.acknowledged
    if (isSetback) sending.setbacks += 1
    sending.acknowledged = receivedBytes
    if (sending.setbacks > MAX_SETBACKS) {
      void this.#giveUp(sending, true)
      return
    }
    if (isSetback || sending.next < receivedBytes) sending.next = receivedBytes
    void this.#fill(sending)
  }

  /** One tick of time has passed. */
  tick(): void {
    for (const sending of this.#sendings.values()) {
      sending.silentTicks += 1
      if (sending.silentTicks < this.#settings.resendTicks) continue
      sending.silentTicks = 0
      sending.resends += 1
      if (sending.resends > this.#settings.maxResends) void this.#giveUp(sending, sending.setbacks > 0)
      else this.#ask(sending)
    }
  }

  /** Gives everything up without a report: this node leads no more, or stops. */
  stop(): void {
    for (const sending of [...this.#sendings.values()]) this.#close(sending)
  }

  async #open(sending: Sending): Promise<void> {
    await this.#guard(sending, async () => {
      const file = await this.#store.openFile(sending.snapshot)
      if (sending.isOver) {
        await file.close()
        return
      }
      sending.file = file
      this.#ask(sending)
    })
  }

  /** Asks the receiver where it is. What it answers sets off the chunks, so a lost one is sent again. */
  #ask(sending: Sending): void {
    sending.next = -1
    this.#sendChunk(sending, 0, new Uint8Array(0))
  }

  async #fill(sending: Sending): Promise<void> {
    if (sending.isFilling) return
    sending.isFilling = true
    await this.#guard(sending, async () => {
      try {
        await this.#sendWindow(sending)
      } finally {
        sending.isFilling = false
      }
    })
  }

  async #sendWindow(sending: Sending): Promise<void> {
    for (;;) {
      const { file, next } = sending
      const end = Math.min(sending.snapshot.totalBytes, sending.acknowledged + this.#settings.windowBytes)
      if (sending.isOver || file === undefined || next < 0 || next >= end) return
      const bytes = await file.read(next, Math.min(this.#settings.chunkBytes, end - next))
      // While we read, the receiver may have sent us elsewhere.
      if (sending.isOver || sending.next !== next) continue
      if (bytes.length === 0) {
        await this.#giveUp(sending, true)
        return
      }
      sending.next = next + bytes.length
      this.#sendChunk(sending, next, bytes)
    }
  }

  #sendChunk(sending: Sending, offset: number, bytes: Uint8Array): void {
    const { snapshot, to } = sending
    this.#host.send(to, {
      kind: 'snapshot-chunk',
      regionId: this.#host.regionId,
      transfer: transferIdOf(snapshot),
      totalBytes: snapshot.totalBytes,
      offset,
      bytes,
    })
  }

  /** Ends a sending that comes to nothing. If bytes were not taken or are missing, the reason may be this node's own file. */
  async #giveUp(sending: Sending, suspectsFile: boolean): Promise<void> {
    this.#end(sending, false)
    if (!suspectsFile) return
    await this.#guard(sending, async () => {
      const damage = await this.#store.findDamage(sending.snapshot)
      if (damage !== undefined) this.#host.warn(damage)
    })
  }

  /** A failure of the disk ends this sending and nothing else: another snapshot may be readable, or another node lead. */
  async #guard(sending: Sending, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (!sending.isOver) this.#end(sending, false)
      this.#host.warn(SandboxError.from(error))
    }
  }

  #end(sending: Sending, arrived: boolean): void {
    if (sending.isOver) return
    this.#close(sending)
    this.#host.reportSnapshot(sending.to, arrived)
  }

  #close(sending: Sending): void {
    sending.isOver = true
    this.#sendings.delete(sending.to)
    sending.file?.close().catch((error: unknown) => {
      this.#host.warn(SandboxError.from(error))
    })
  }
}
