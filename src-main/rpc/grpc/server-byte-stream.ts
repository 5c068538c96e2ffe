import type { ServerDuplexStream } from '@grpc/grpc-js'
import type { SandboxError } from '../../base/sandbox-error'
import type { ByteStream, ByteStreamListener } from '../byte-stream'
import { nodeUnavailable } from '../call-errors'
import { grpcStatusCodes, grpcStatusOf } from '../grpc-status'
import { asBytes } from './byte-view'
import { statusText } from './status-text'

/** The server's end of a stream over gRPC. */
export class ServerByteStream implements ByteStream {
  readonly peer: string
  readonly #stream: ServerDuplexStream<Uint8Array, Uint8Array>
  readonly #method: string
  #isClosed = false

  constructor(method: string, stream: ServerDuplexStream<Uint8Array, Uint8Array>) {
    this.#stream = stream
    this.#method = method
    this.peer = stream.getPeer()
  }

  listen(listener: ByteStreamListener): void {
    let isOver = false
    const finish = (error: SandboxError | undefined): void => {
      if (isOver) return
      isOver = true
      listener.ended(error)
    }
    this.#stream.on('data', (bytes: Uint8Array) => {
      if (!isOver) listener.frame(asBytes(bytes))
    })
    this.#stream.once('end', () => {
      finish(undefined)
    })
    // A stream that ends in order is "cancelled" too, but only after its end.
    this.#stream.once('cancelled', () => {
      finish(nodeUnavailable(this.peer, this.#method, true, 'the other end broke the stream off'))
    })
  }

  write(bytes: Uint8Array, written?: () => void): boolean {
    if (this.#isClosed || this.#stream.cancelled) return false
    return this.#stream.write(
      bytes,
      written &&
        ((error?: Error | null) => {
          if (!error) written()
        }),
    )
  }

  close(error?: SandboxError): void {
    if (this.#isClosed) return
    this.#isClosed = true
    if (error === undefined) {
      this.#stream.end()
    } else {
      const code = grpcStatusCodes[grpcStatusOf(error)]
      this.#stream.emit('error', { code, details: statusText(error.message), message: error.message, name: error.name })
    }
  }
}
