import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import type { HostMessage, NodeMessage } from './mount-messages'
import type { CarrierListener, NodeCarrier } from './node-carrier'
import type { NodeMountSupport } from './node-mount'

/** Tells the bundled program that a host drives it, whose process id follows; see process-entry.ts. */
export const MOUNTED_OPTION = '--mounted'

/** How much of what a process complained of is kept for the sentence about its end. */
const KEPT_COMPLAINT_CHARACTERS = 2_000

const NO_SIGNALS = 'Windows has no signal that makes a process stand still: mount the node in a thread to pause it.'

/** A process of the operating system. It ends by itself when its host is gone. */
export class ProcessCarrier implements NodeCarrier {
  readonly kind = 'process'
  readonly supports: NodeMountSupport = {
    pause: process.platform === 'win32' ? { reason: NO_SIGNALS } : true,
    operatingSystemKill: true,
  }
  readonly #entry: string
  #child: ChildProcess | undefined

  /** @param entry absolute path of the bundled program, in the system's own notation */
  constructor(entry: string) {
    this.#entry = entry
  }

  launch({ onMessage, onEnd }: CarrierListener): void {
    const child = fork(this.#entry, [MOUNTED_OPTION, String(process.pid)], {
      // Electron's binary is a Node, too, if it is told so; Node itself does not look at it.
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    let complaint = ''
    let isOver = false
    const end = (words: string) => {
      if (isOver) return
      isOver = true
      onEnd([words, complaint.trim()].filter((part) => part !== '').join(': '))
    }
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-KEPT_COMPLAINT_CHARACTERS)
    })
    child.on('message', (message) => {
      onMessage(message as NodeMessage)
    })
    // It could not be started, or a message did not reach it: then its end tells more.
    child.on('error', (error) => {
      if (child.pid === undefined) end(error.message)
    })
    child.on('close', (code, signal) => {
      end(signal === null ? (code === 0 ? '' : `its process ended with code ${String(code)}`) : `by ${signal}`)
    })
    this.#child = child
  }

  post(message: HostMessage): void {
    // A process that is gone has told so by its end.
    if (this.#child?.connected === true) this.#child.send(message)
  }

  pause(): Promise<void> {
    this.#child?.kill('SIGSTOP')
    return Promise.resolve()
  }

  resume(): void {
    this.#child?.kill('SIGCONT')
  }

  kill(): void {
    this.#child?.kill('SIGKILL')
  }

  end(): void {
    this.kill()
  }
}
