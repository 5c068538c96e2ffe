import type { LogUpdate, RaftLogStore } from '../log/raft-log-store'
import { ForwardingLog } from './forwarding-log'

/** Who is told what happens to a log. */
export interface LogListener {
  /** The log is about to take an update. */
  appends(update: LogUpdate): void
  /** The log has taken an update. */
  appended(update: LogUpdate): void
  /** All above the index is about to be dropped. */
  cutsSuffix(lastIndexToKeep: number): void
  /** A sync begins. @returns what to call when it has made everything before durable */
  syncs(): () => void
}

/** A log that tells what is done to it. It stands right above the store that writes to the disk. */
export class ObservedLog extends ForwardingLog {
  readonly #listener: LogListener

  constructor(inner: RaftLogStore, listener: LogListener) {
    super(inner)
    this.#listener = listener
  }

  override append(update: LogUpdate): void {
    this.#listener.appends(update)
    super.append(update)
    this.#listener.appended(update)
  }

  override cutSuffix(lastIndexToKeep: number): void {
    this.#listener.cutsSuffix(lastIndexToKeep)
    super.cutSuffix(lastIndexToKeep)
  }

  override async sync(onWritten?: () => void): Promise<void> {
    const synced = this.#listener.syncs()
    await super.sync(onWritten)
    synced()
  }
}
