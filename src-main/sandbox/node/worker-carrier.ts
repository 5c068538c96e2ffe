import type { ResourceLimits } from 'node:worker_threads'
import { Worker } from 'node:worker_threads'
import type { HostMessage, NodeMessage } from './mount-messages'
import type { CarrierListener, NodeCarrier } from './node-carrier'
import type { NodeMountSupport } from './node-mount'
import { PauseFlag } from './pause-flag'

/** What a worker gets at its start. */
export interface NodeWorkerData {
  readonly pauseFlag: SharedArrayBuffer
}

/**
 * Limits, not reservations. The young generation grows under load only, and is to hold what hundreds of requests under way
 * keep alive: where it is smaller, a quarter of a leader's time goes into copying that. V8 lets the old one grow faster from
 * one full collection to the next the higher its limit is; from 2 GiB on by up to four times. With 512 MiB it was collected
 * three times a second under load, which cost a fifth of the processor time of a put; an idle node pays some 2 MiB.
 */
const RESOURCE_LIMITS: ResourceLimits = { maxYoungGenerationSizeMb: 64, maxOldGenerationSizeMb: 2048 }

/** A thread of this process. It is ended only when the node in it has closed everything; see remote-mount.ts. */
export class WorkerCarrier implements NodeCarrier {
  readonly kind = 'worker'
  readonly supports: NodeMountSupport = { pause: true, operatingSystemKill: false }
  readonly #entry: string
  readonly #pauseFlag = new PauseFlag()
  #worker: Worker | undefined
  #pausing: { readonly done: Promise<void>; readonly resolve: () => void } | undefined

  /** @param entry absolute path of the bundled worker, in the system's own notation */
  constructor(entry: string) {
    this.#entry = entry
  }

  launch({ onMessage, onEnd }: CarrierListener): void {
    const workerData: NodeWorkerData = { pauseFlag: this.#pauseFlag.memory }
    const worker = new Worker(this.#entry, { workerData, resourceLimits: RESOURCE_LIMITS })
    let words = ''
    worker.on('message', (message: NodeMessage) => {
      if (message.kind === 'paused') this.#pausing?.resolve()
      onMessage(message)
    })
    // It cannot be loaded, or it ran out of memory: whatever else goes wrong in a node, its entry catches.
    worker.on('error', (error: Error) => {
      words = error.message
    })
    worker.on('exit', (code) => {
      onEnd(words === '' && code !== 0 ? `its thread ended with code ${String(code)}` : words)
    })
    this.#worker = worker
  }

  post(message: HostMessage): void {
    this.#worker?.postMessage(message)
  }

  pause(): Promise<void> {
    if (this.#pausing === undefined) {
      let resolve: () => void = () => undefined
      const done = new Promise<void>((settle) => {
        resolve = settle
      })
      this.#pausing = { done, resolve }
      this.#pauseFlag.raise()
      this.post({ kind: 'pause' })
    }
    return this.#pausing.done
  }

  resume(): void {
    this.#pausing = undefined
    this.#pauseFlag.lower()
  }

  kill(): void {
    this.#pauseFlag.condemn()
    this.post({ kind: 'kill' })
  }

  end(): void {
    // Its outcome comes as the exit.
    void this.#worker?.terminate()
  }
}
