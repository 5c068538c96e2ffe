import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import type { MessageInitShape } from '@bufbuild/protobuf'
import { SandboxError } from '../../../base/sandbox-error'
import type { ByteStream, StreamHandler } from '../../../rpc/byte-stream'
import { ControlRequestSchema, ControlResponseSchema } from '../../../rpc/generated/sandbox/step_pb'
import { isLocalPeer } from '../local-caller'
import type { FlowGuest, FlowSeat } from './flow-seat'
import { readCommand } from './read-command'
import { toStepJson } from './step-json'

/** Both ends speak this version. */
export const STEP_PROTOCOL = 1

/**
 * Serves StepService.Control: a caller on this machine steps the node for as long as its stream lives. Whatever goes wrong
 * ends the stream with a sentence, and with it what the node holds.
 */
export class StepService {
  readonly #seat: FlowSeat
  readonly #streams = new Set<ByteStream>()

  constructor(seat: FlowSeat) {
    this.#seat = seat
  }

  readonly handler: StreamHandler = (stream) => {
    let guest: FlowGuest | undefined
    this.#streams.add(stream)
    const end = (error?: unknown) => {
      this.#streams.delete(stream)
      guest?.leave()
      if (error !== undefined) {
        write(stream, { case: 'refusal', value: toStepJson(SandboxError.from(error).serialize()) })
      }
      stream.close()
    }
    stream.listen({
      frame: (bytes) => {
        try {
          guest ??= this.#welcome(stream)
          this.#take(stream, guest, bytes)
        } catch (thrown) {
          end(thrown)
        }
      },
      ended: () => {
        end()
      },
    })
  }

  /** Ends what is under way: the node ends. */
  close(): void {
    for (const stream of this.#streams) stream.close()
    this.#streams.clear()
  }

  #welcome(stream: ByteStream): FlowGuest {
    if (!isLocalPeer(stream.peer)) {
      const message = `A node is stepped from its own machine only, and ${stream.peer} is not there.`
      throw new SandboxError('INVALID_ARGUMENT', message, { details: { peer: stream.peer } })
    }
    return this.#seat.takeOver((report) => {
      write(stream, { case: 'report', value: toStepJson(report) })
    })
  }

  #take(stream: ByteStream, guest: FlowGuest, bytes: Uint8Array): void {
    const { frame } = fromBinary(ControlRequestSchema, bytes)
    switch (frame.case) {
      case 'hello':
        if (frame.value !== STEP_PROTOCOL) {
          const message = `This node is stepped by version ${String(STEP_PROTOCOL)} of the protocol, not ${String(frame.value)}: use the command line of the same program.`
          throw new SandboxError('INVALID_ARGUMENT', message)
        }
        write(stream, { case: 'hello', value: STEP_PROTOCOL })
        return
      case 'command':
        guest.command(readCommand(frame.value.json))
        write(stream, { case: 'taken', value: frame.value.number })
        return
      default:
        throw new SandboxError('INVALID_ARGUMENT', 'Who steps a node sends commands, and nothing else.')
    }
  }
}

function write(stream: ByteStream, frame: MessageInitShape<typeof ControlResponseSchema>['frame']): void {
  stream.write(toBinary(ControlResponseSchema, create(ControlResponseSchema, frame === undefined ? {} : { frame })))
}
