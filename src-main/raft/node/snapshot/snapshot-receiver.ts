import { SandboxError } from '../../../base/sandbox-error'
import type { DiskFile } from '../../../env'
import type { NodeId } from '../../core/model/node-id'
import type { PeerMessage, SnapshotChunkMessage, SnapshotTransferId } from '../../transport/peer-message'
import { damaged } from './snapshot-header'
import type { SnapshotStore } from './snapshot-store'
import { SnapshotVerifier } from './snapshot-verifier'
import type { StoredSnapshot } from './stored-snapshot'
import { isSameTransfer, transferIdOf } from './stored-snapshot'

/** What receiving needs of its node. */
export interface SnapshotReceiverHost {
  readonly regionId: number
  send(to: NodeId, message: PeerMessage): void
  /** Whether the node would not install the snapshot because it has all of it already. */
  isKnown(transfer: SnapshotTransferId): boolean
  /** Whether a snapshot is being installed, so that no other may take its place. */
  isInstalling(): boolean
  received(snapshot: StoredSnapshot): void
  warn(error: SandboxError): void
}

/** A snapshot that is arriving. */
interface Arrival {
  readonly transfer: SnapshotTransferId
  readonly file: DiskFile
  readonly verifier: SnapshotVerifier
}

/** More waiting messages than any sender's window holds: what is beyond was sent twice. */
const MAX_WAITING = 256
const RESUME_READ_BYTES = 256 * 1024

/**
 * Takes a snapshot file in chunks, one snapshot at a time. Every chunk is checked before it is written. What is there
 * after an interruption, even one of this process, is checked again and kept, and the sender is told to go on behind it.
 */
export class SnapshotReceiver {
  readonly #store: SnapshotStore
  readonly #host: SnapshotReceiverHost
  #waiting: Array<{ readonly from: NodeId; readonly chunk: SnapshotChunkMessage }> = []
  #arrival: Arrival | undefined
  #running: Promise<void> | undefined
  #isStopped = false

  constructor(store: SnapshotStore, host: SnapshotReceiverHost) {
    this.#store = store
    this.#host = host
  }

  take(from: NodeId, chunk: SnapshotChunkMessage): void {
    if (this.#isStopped || this.#waiting.length >= MAX_WAITING) return
    this.#waiting.push({ from, chunk })
    this.#running ??= this.#run()
  }

  /** Lets go of the file; what has arrived stays on the disk. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#waiting = []
    await this.#running
    await this.#closeArrival()
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      const { from, chunk } = next
      try {
        const receivedBytes = await this.#takeChunk(chunk)
        this.#answer(from, chunk, receivedBytes ?? 0, receivedBytes === undefined)
      } catch (error) {
        // The disk does not take it. The leader will try again; until then this node works with what it has.
        this.#host.warn(SandboxError.from(error))
        this.#answer(from, chunk, 0, true)
        await this.#closeArrival()
      }
    }
    this.#running = undefined
  }

  /** Returns how much of the snapshot is here now, undefined if it cannot be taken at this time. */
  async #takeChunk(chunk: SnapshotChunkMessage): Promise<number | undefined> {
    const { transfer, totalBytes } = chunk
    if (this.#isHere(transfer)) return totalBytes
    if (this.#host.isInstalling()) return undefined
    const arrival = await this.#arrivalOf(transfer)
    const { verifier, file } = arrival
    if (chunk.bytes.length > 0 && chunk.offset === verifier.receivedBytes) {
      if (!this.#check(arrival, chunk)) await file.truncate(verifier.receivedBytes)
      else await file.write(chunk.offset, chunk.bytes)
    }
    if (!verifier.isComplete) return verifier.receivedBytes
    await file.sync()
    await this.#closeArrival()
    // It may have begun meanwhile. The file stays, and the sender comes back.
    if (this.#host.isInstalling()) return undefined
    this.#host.received(await this.#store.keepArrived(transfer))
    return totalBytes
  }

  #isHere(transfer: SnapshotTransferId): boolean {
    const { newest } = this.#store
    if (newest !== undefined && isSameTransfer(transferIdOf(newest), transfer)) return true
    return this.#host.isKnown(transfer)
  }

  /** Checks the next bytes; if they are not sound, the arrival goes back to what is. */
  #check({ verifier, transfer, file }: Arrival, chunk: SnapshotChunkMessage): boolean {
    try {
      verifier.take(chunk.bytes)
    } catch (error) {
      verifier.rewind()
      this.#host.warn(SandboxError.from(error))
      return false
    }
    const { header, headerChecksum } = verifier
    if (header === undefined || (headerChecksum === transfer.checksum && header.regionId === chunk.regionId))
      return true
    throw damaged(file.path, 'it is not the one that was announced')
  }

  async #arrivalOf(transfer: SnapshotTransferId): Promise<Arrival> {
    const current = this.#arrival
    if (current !== undefined && isSameTransfer(current.transfer, transfer)) return current
    await this.#closeArrival()
    const file = await this.#store.openArriving(transfer)
    const arrival = { transfer, file, verifier: new SnapshotVerifier(file.path) }
    this.#arrival = arrival
    await this.#resume(arrival)
    return arrival
  }

  /** Checks what an earlier run left of the file and cuts off what is not sound: a crash may have torn it anywhere. */
  async #resume({ file, verifier }: Arrival): Promise<void> {
    const size = await file.size()
    try {
      while (verifier.receivedBytes < size) {
        const position = verifier.receivedBytes
        const bytes = await file.read(position, RESUME_READ_BYTES)
        // A sync that failed may have given up what is seen here; only what is written anew is covered by the next one.
        await file.write(position, bytes)
        verifier.take(bytes)
      }
    } catch (error) {
      // Torn bytes are what a crash leaves, no reason to warn of; anything else is.
      if (!SandboxError.is(error, 'RAFT_SNAPSHOT_DAMAGED') && !SandboxError.is(error, 'RAFT_SNAPSHOT_VERSION'))
        throw error
    }
    verifier.rewind()
    if (verifier.receivedBytes < size) await file.truncate(verifier.receivedBytes)
  }

  async #closeArrival(): Promise<void> {
    const arrival = this.#arrival
    this.#arrival = undefined
    try {
      await arrival?.file.close()
    } catch (error) {
      this.#host.warn(SandboxError.from(error))
    }
  }

  #answer(to: NodeId, { transfer }: SnapshotChunkMessage, receivedBytes: number, refused: boolean): void {
    if (this.#isStopped) return
    const { regionId } = this.#host
    this.#host.send(to, { kind: 'snapshot-progress', regionId, transfer, receivedBytes, refused })
  }
}
