import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import type { MessageInitShape } from '@bufbuild/protobuf'
import { SandboxError } from '../../base/sandbox-error'
import type { SerializedSandboxError } from '../../base/sandbox-error'
import type { FlowCommand, FlowNodeLink, FlowReport } from '../../flow/flow-messages'
import type { ByteStream } from '../../rpc/byte-stream'
import { ControlRequestSchema, ControlResponseSchema } from '../../rpc/generated/sandbox/step_pb'
import { fromStepJson, toStepJson } from '../node/step/step-json'
import { STEP_PROTOCOL } from '../node/step/step-service'

/** A node of a cluster of this machine, in whatever program it runs. */
export interface RemoteNodeAddress {
  readonly nodeId: number
  /** `store-2`. */
  readonly name: string
  /** `host:port` of its server port. */
  readonly address: string
}

/** What a remote node tells. */
export interface RemoteNodeListener {
  report(nodeId: number, report: FlowReport): void
  /** The node is gone, or has ended the stepping. */
  ended(nodeId: number, error: SandboxError | undefined): void
}

/** Steps one node over the wire: see StepService. */
export class RemoteNode implements FlowNodeLink {
  readonly nodeId: number
  readonly name: string
  readonly #stream: ByteStream
  readonly #listener: RemoteNodeListener
  /** Commands that are not answered yet, by their numbers. */
  readonly #questions = new Map<bigint, () => void>()
  #welcome: (error?: SandboxError) => void = () => undefined
  #last = 0n
  #isOver = false

  constructor({ nodeId, name }: RemoteNodeAddress, stream: ByteStream, listener: RemoteNodeListener) {
    this.nodeId = nodeId
    this.name = name
    this.#stream = stream
    this.#listener = listener
  }

  /** Takes the node over. @throws SandboxError FLOW_BUSY, RPC_UNAVAILABLE, INVALID_ARGUMENT */
  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#welcome = (error) => {
        if (error === undefined) resolve()
        else reject(error)
      }
      this.#stream.listen({
        frame: (bytes) => {
          this.#take(bytes)
        },
        ended: (error) => {
          this.#end(error)
        },
      })
      this.#write({ case: 'hello', value: STEP_PROTOCOL })
    })
  }

  send(command: FlowCommand): Promise<void> {
    if (this.#isOver) return Promise.resolve()
    this.#last += 1n
    const number = this.#last
    return new Promise((resolve) => {
      this.#questions.set(number, resolve)
      this.#write({ case: 'command', value: { number, json: toStepJson(command) } })
    })
  }

  /** The node lets go of what it holds. Twice is harmless. */
  close(): void {
    this.#stream.close()
    this.#end(undefined)
  }

  #take(bytes: Uint8Array): void {
    const { frame } = fromBinary(ControlResponseSchema, bytes)
    switch (frame.case) {
      case 'hello':
        this.#welcome()
        break
      case 'taken':
        this.#questions.get(frame.value)?.()
        this.#questions.delete(frame.value)
        break
      case 'report':
        // Of the same version as this program, as its greeting said.
        this.#listener.report(this.nodeId, fromStepJson(frame.value) as FlowReport)
        break
      case 'refusal':
        this.#end(SandboxError.deserialize(fromStepJson(frame.value) as SerializedSandboxError))
        break
      case undefined:
    }
  }

  #end(error: SandboxError | undefined): void {
    if (this.#isOver) return
    this.#isOver = true
    const gone = new SandboxError('RPC_UNAVAILABLE', `The node ${this.name} ended before it could be stepped.`)
    this.#welcome(error ?? gone)
    for (const resolve of this.#questions.values()) resolve()
    this.#questions.clear()
    this.#listener.ended(this.nodeId, error)
  }

  #write(frame: MessageInitShape<typeof ControlRequestSchema>['frame']): void {
    this.#stream.write(
      toBinary(ControlRequestSchema, create(ControlRequestSchema, frame === undefined ? {} : { frame })),
    )
  }
}
