import type { DescMethodBiDiStreaming } from '@bufbuild/protobuf'
import type { ClientDuplexStream, ServiceError } from '@grpc/grpc-js'
import { Client, credentials, status } from '@grpc/grpc-js'
import type { SandboxError } from '../../base/sandbox-error'
import type { ByteStream, ByteStreamListener } from '../byte-stream'
import { nodeUnavailable } from '../call-errors'
import { asBuffer, asBytes } from './byte-view'
import { callFailure } from './call-failure'
import { checkAddress } from './check-address'
import { connectionOptions } from './connection-options'

/**
 * Opens a stream to a node over a connection of its own, which is closed with it. It comes at once; what is written waits
 * for the connection, and if there is none the stream ends with RPC_UNAVAILABLE. There is no deadline.
 *
 * @param maxMessageBytes the longest message in either direction
 * @throws SandboxError INVALID_ARGUMENT if the address is not `host:port`
 */
export function openGrpcStream(address: string, method: DescMethodBiDiStreaming, maxMessageBytes: number): ByteStream {
  checkAddress(address)
  const client = new Client(address, credentials.createInsecure(), connectionOptions(maxMessageBytes))
  const name = `${method.parent.typeName}/${method.name}`
  return new ClientByteStream(address, name, client)
}

class ClientByteStream implements ByteStream {
  readonly peer: string
  readonly #method: string
  readonly #client: Client
  readonly #stream: ClientDuplexStream<Uint8Array, Uint8Array>
  #isClosed = false

  constructor(address: string, method: string, client: Client) {
    this.peer = address
    this.#method = method
    this.#client = client
    this.#stream = client.makeBidiStreamRequest(`/${method}`, asBuffer, asBytes)
  }

  listen(listener: ByteStreamListener): void {
    let isOver = false
    const finish = (error: SandboxError | undefined): void => {
      if (isOver) return
      isOver = true
      this.#isClosed = true
      this.#client.close()
      listener.ended(error)
    }
    this.#stream.on('data', (bytes: Uint8Array) => {
      if (!isOver) listener.frame(asBytes(bytes))
    })
    this.#stream.on('error', (error: ServiceError) => {
      finish(callFailure(error, { address: this.peer, method: this.#method, timeoutMs: 0, isGivenUp: this.#isClosed }))
    })
    this.#stream.on('status', ({ code }) => {
      // A failure comes as an error too, which says more.
      if (code === status.OK) finish(undefined)
    })
    this.#stream.on('close', () => {
      finish(nodeUnavailable(this.peer, this.#method, true, 'the stream was closed'))
    })
  }

  write(bytes: Uint8Array, written?: () => void): boolean {
    if (this.#isClosed) return false
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
    if (error === undefined) this.#stream.end()
    else this.#stream.cancel()
  }
}
