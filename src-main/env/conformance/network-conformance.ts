import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Endpoint, Network, NetworkAddress } from '../network'

/** A network to try. Undisturbed, it carries every message between bound endpoints. */
export interface NetworkUnderTest {
  readonly network: Network
  /** Its limit on the length of a message; small enough to try. */
  readonly maxMessageBytes: number
  /** An address that can be bound. For the real network with port 0. */
  freeAddress(): NetworkAddress
  /** Waits until the condition holds; fails if it never does. */
  until(condition: () => boolean): Promise<void>
  dispose(): Promise<void>
}

interface Received {
  readonly from: NetworkAddress
  readonly message: number[]
}

/** Says what every {@link Network} does; each implementation runs it. */
export function networkConformance(name: string, factory: () => Promise<NetworkUnderTest>): void {
  describe(`network conformance: ${name}`, () => {
    let underTest: NetworkUnderTest
    const endpoints: Endpoint[] = []

    beforeEach(async () => {
      underTest = await factory()
    })
    afterEach(async () => {
      await Promise.all(endpoints.splice(0).map((endpoint) => endpoint.close()))
      await underTest.dispose()
    })

    const bind = async (
      received: Received[] = [],
      address: NetworkAddress = underTest.freeAddress(),
    ): Promise<Endpoint> => {
      const endpoint = await underTest.network.bind(address, (from, message) => {
        received.push({ from, message: [...message] })
      })
      endpoints.push(endpoint)
      return endpoint
    }

    it('carries messages and names the sender', async () => {
      const received: Received[] = []
      const sender = await bind()
      const receiver = await bind(received)
      sender.send(receiver.address, Uint8Array.of(1, 2, 3))
      await underTest.until(() => received.length === 1)
      expect(received).toEqual([{ from: sender.address, message: [1, 2, 3] }])
    })

    it('carries answers to the address of the sender', async () => {
      const answers: Received[] = []
      const asker = await bind(answers)
      const answerer = await underTest.network.bind(underTest.freeAddress(), (from, message) => {
        answerer.send(from, Uint8Array.of((message[0] ?? 0) + 1))
      })
      endpoints.push(answerer)
      asker.send(answerer.address, Uint8Array.of(41))
      await underTest.until(() => answers.length === 1)
      expect(answers).toEqual([{ from: answerer.address, message: [42] }])
    })

    it('carries messages to oneself, not within the call', async () => {
      const received: Received[] = []
      const endpoint = await bind(received)
      endpoint.send(endpoint.address, Uint8Array.of(1))
      expect(received).toEqual([])
      await underTest.until(() => received.length === 1)
    })

    it('carries empty messages and the longest', async () => {
      const lengths: number[] = []
      const receiver = await underTest.network.bind(underTest.freeAddress(), (_, message) =>
        lengths.push(message.length),
      )
      endpoints.push(receiver)
      const sender = await bind()
      sender.send(receiver.address, new Uint8Array(0))
      sender.send(receiver.address, new Uint8Array(underTest.maxMessageBytes))
      await underTest.until(() => lengths.length === 2)
      expect(lengths.sort((left, right) => left - right)).toEqual([0, underTest.maxMessageBytes])
    })

    it('refuses a message that is too long', async () => {
      const endpoint = await bind()
      expect(() => {
        endpoint.send(endpoint.address, new Uint8Array(underTest.maxMessageBytes + 1))
      }).toThrow(expect.objectContaining({ code: 'NETWORK_MESSAGE_TOO_LARGE' }))
    })

    it('carries many messages of many lengths whole', async () => {
      const received: Received[] = []
      const sender = await bind()
      const receiver = await bind(received)
      const messages = Array.from({ length: 500 }, (_, index) => new Uint8Array((index * 37) % 900).fill(index))
      for (const message of messages) sender.send(receiver.address, message)
      await underTest.until(() => received.length === messages.length)
      expect(received.map(({ message }) => message)).toEqual(messages.map((message) => [...message]))
    })

    it('refuses an address that is taken, and gives it again after close', async () => {
      const first = await bind()
      await expect(bind([], first.address)).rejects.toMatchObject({ code: 'NETWORK_ADDRESS_IN_USE' })
      await first.close()
      const second = await bind([], first.address)
      expect(second.address).toBe(first.address)
    })

    it('refuses to send after close, but not a second close', async () => {
      const endpoint = await bind()
      await endpoint.close()
      await endpoint.close()
      expect(() => {
        endpoint.send(endpoint.address, Uint8Array.of(1))
      }).toThrow(expect.objectContaining({ code: 'NETWORK_CLOSED' }))
    })

    it('delivers nothing to a closed endpoint', async () => {
      const received: Received[] = []
      const others: Received[] = []
      const sender = await bind()
      const closed = await bind(received)
      const open = await bind(others)
      sender.send(closed.address, Uint8Array.of(1))
      await closed.close()
      sender.send(open.address, Uint8Array.of(2))
      await underTest.until(() => others.length === 1)
      expect(received).toEqual([])
    })

    it('reaches an address again after its endpoint was away', async () => {
      const received: Received[] = []
      const sender = await bind()
      const first = await bind(received)
      sender.send(first.address, Uint8Array.of(1))
      await underTest.until(() => received.length === 1)
      await first.close()
      await bind(received, first.address)
      // Messages may be lost until the sender notices, so it keeps sending.
      let sent = 1
      await underTest.until(() => {
        if (received.length === 1) sender.send(first.address, Uint8Array.of(++sent))
        return received.length > 1
      })
    })

    it('drops messages to nobody', async () => {
      const received: Received[] = []
      const gone = await bind()
      await gone.close()
      const sender = await bind()
      const receiver = await bind(received)
      sender.send(gone.address, Uint8Array.of(1))
      sender.send(receiver.address, Uint8Array.of(2))
      await underTest.until(() => received.length === 1)
      expect(received).toEqual([{ from: sender.address, message: [2] }])
    })
  })
}
