import type { HostMessage } from './mount-messages'
import type { CarrierListener, NodeCarrier } from './node-carrier'
import type { NodeMountSupport } from './node-mount'
import type { NodePlace, NodeThread } from './node-thread'

/** A node in a thread of this process, by itself or beside others. */
export class WorkerCarrier implements NodeCarrier {
  readonly kind = 'worker'
  readonly supports: NodeMountSupport = { pause: true, operatingSystemKill: false }
  readonly #thread: NodeThread
  #place: NodePlace | undefined
  #pausing: { readonly done: Promise<void>; readonly resolve: () => void } | undefined

  constructor(thread: NodeThread) {
    this.#thread = thread
  }

  launch({ onMessage, onEnd }: CarrierListener): void {
    this.#place = this.#thread.enter({
      onMessage: (message) => {
        if (message.kind === 'paused') this.#pausing?.resolve()
        onMessage(message)
      },
      onEnd,
    })
  }

  post(message: HostMessage): void {
    this.#place?.post(message)
  }

  pause(): Promise<void> {
    if (this.#pausing === undefined) {
      let resolve: () => void = () => undefined
      const done = new Promise<void>((settle) => {
        resolve = settle
      })
      this.#pausing = { done, resolve }
      this.post({ kind: 'pause' })
    }
    return this.#pausing.done
  }

  resume(): void {
    this.#pausing = undefined
    this.post({ kind: 'resume' })
  }

  kill(): void {
    this.post({ kind: 'kill' })
  }

  end(): void {
    this.#place?.leave()
  }
}
