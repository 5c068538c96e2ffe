import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../../src-main/env/seeded-random'
import { SimulatedClock } from '../../src-main/env/simulated'
import type { CallContext } from '../../src-main/rpc/call'
import { CoordinatorChannel } from '../../src-main/rpc/coordinator-channel'
import { dingoError } from '../../src-main/rpc/dingo-error'
import { CoordinatorService } from '../../src-main/rpc/generated/dingodb/coordinator_pb'
import { Errno } from '../../src-main/rpc/generated/dingodb/error_pb'
import { StoreService } from '../../src-main/rpc/generated/dingodb/store_pb'
import { NodeLinks, withLinks } from '../../src-main/rpc/links'
import { LocalNetwork } from '../../src-main/rpc/local-channels'
import { ServiceRegistry } from '../../src-main/rpc/service-registry'
import { echoRegistry, getRequest, storeRegistry, text } from './support/echo-service'

const { kvGet, kvPut } = StoreService.method
const { hello } = CoordinatorService.method

/** Lets virtual time pass until the call is over. */
async function over<T>(clock: SimulatedClock, call: Promise<T>, limitMs = 60_000): Promise<T> {
  let isOver = false
  const done = call.finally(() => {
    isOver = true
  })
  done.catch(() => undefined)
  for (let passedMs = 0; !isOver && passedMs < limitMs; passedMs += 10) await clock.advance(10)
  return done
}

describe('channels within the process', () => {
  test('carry calls through bytes, with delays and cuts in each direction', async () => {
    const clock = new SimulatedClock()
    const network = new LocalNetwork(clock)
    const server = network.serve('b:1', echoRegistry())
    const channel = network.channels('a:1').to('b:1')
    expect(text((await over(clock, channel.unary(kvGet, getRequest('k')))).value)).toBe('k')
    expect((await over(clock, channel.unary(kvPut, {}))).error?.errcode).toBe(Errno.ENOT_SUPPORT)
    network.setLink('a:1', 'b:1', { delayMs: 40_000 })
    await expect(over(clock, channel.unary(kvGet, {}))).rejects.toMatchObject({ code: 'RPC_DEADLINE_EXCEEDED' })
    network.healAll()
    network.setLink('a:1', 'b:1', { isCut: true })
    const notSent = { code: 'RPC_UNAVAILABLE', details: { sent: false } }
    const sent = { code: 'RPC_UNAVAILABLE', details: { sent: true } }
    await expect(over(clock, channel.unary(kvGet, {}))).rejects.toMatchObject(notSent)
    network.healAll()
    network.setLink('b:1', 'a:1', { isCut: true })
    await expect(over(clock, channel.unary(kvGet, {}))).rejects.toMatchObject(sent)
    network.healAll()
    server.close()
    await expect(over(clock, channel.unary(kvGet, {}))).rejects.toMatchObject(notSent)
    expect(clock.pendingCount).toBe(0)
  })

  test('tell which operation a call belongs to, and let an untimed one last', async () => {
    const clock = new SimulatedClock()
    const network = new LocalNetwork(clock)
    const seen: Array<Pick<CallContext, 'traceId' | 'remainingMs'>> = []
    const registry = storeRegistry({
      kvGet: async (_request, { traceId, remainingMs }) => {
        seen.push({ traceId, remainingMs })
        await clock.sleep(3_600_000)
        return {}
      },
    })
    network.serve('b:1', registry)
    const channel = network.channels('a:1').to('b:1')
    const call = channel.unary(kvGet, {}, { traceId: '00ff', untimed: true })
    await clock.advance(3_600_000)
    await over(clock, call)
    expect(seen).toEqual([{ traceId: '00ff', remainingMs: undefined }])
    await expect(channel.unary(kvGet, {}, { traceId: 'NO' })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
  })
})

describe('the links of a node', () => {
  test('part it from a peer at once, calls under way included, and from nobody else', async () => {
    const clock = new SimulatedClock()
    const network = new LocalNetwork(clock)
    network.serve('b:1', echoRegistry())
    network.serve('c:1', echoRegistry())
    const links = new NodeLinks(clock)
    const channels = withLinks(network.channels('a:1'), links, (address) => (address === 'b:1' ? 2 : undefined))
    network.setLink('a:1', 'b:1', { delayMs: 1_000 })
    const call = channels.to('b:1').unary(kvGet, {})
    call.catch(() => undefined)
    await clock.advance(10)
    links.change(2, 'incoming', { isCut: true })
    await expect(call).rejects.toMatchObject({ code: 'RPC_UNAVAILABLE', details: { sent: true } })
    links.change(2, 'outgoing', { isCut: true })
    await expect(over(clock, channels.to('b:1').unary(kvGet, {}))).rejects.toMatchObject({ details: { sent: false } })
    expect(text((await over(clock, channels.to('c:1').unary(kvGet, getRequest('c')))).value)).toBe('c')
    expect(links.list()).toHaveLength(2)
    links.healAll()
    expect(links.list()).toEqual([])
    expect(text((await over(clock, channels.to('b:1').unary(kvGet, getRequest('b')))).value)).toBe('b')
  })
})

describe('the channel to the coordinators', () => {
  function cluster() {
    const clock = new SimulatedClock()
    const network = new LocalNetwork(clock)
    const calls: string[] = []
    const serve = (port: number, answer: () => object) =>
      network.serve(
        `c:${String(port)}`,
        new ServiceRegistry().add(CoordinatorService, {
          hello: () => {
            calls.push(String(port))
            return answer()
          },
        }),
      )
    const coordinators = new CoordinatorChannel({
      channels: network.channels('client'),
      addresses: ['c:1', 'c:2', 'c:3'],
      clock,
      random: new SeededRandom(1),
    })
    return { clock, network, calls, serve, coordinators }
  }
  const notLeader = (port?: number) => () => {
    const leaderLocation = port === undefined ? undefined : { host: 'c', port }
    throw dingoError(Errno.ERAFT_NOTLEADER, 'Not the leader.', { leaderLocation })
  }

  test('follows the hint, and remembers the leader', async () => {
    const { clock, calls, serve, coordinators } = cluster()
    serve(1, notLeader(3))
    serve(2, notLeader(3))
    serve(3, () => ({}))
    await over(clock, coordinators.call(hello, {}))
    await over(clock, coordinators.call(hello, {}))
    expect(calls).toEqual(['1', '3', '3'])
    expect(coordinators.leaderAddress).toBe('c:3')
  })

  test('goes on past coordinators that are down or know no leader', async () => {
    const { clock, calls, serve, coordinators } = cluster()
    serve(2, notLeader())
    serve(3, () => ({}))
    await over(clock, coordinators.call(hello, {}))
    expect(calls).toEqual(['2', '3'])
  })

  test('gives up when the time is up, with the last failure, and without hammering', async () => {
    const { clock, calls, serve, coordinators } = cluster()
    for (const port of [1, 2, 3]) serve(port, notLeader())
    await expect(over(clock, coordinators.call(hello, {}, { timeoutMs: 5_000 }))).rejects.toMatchObject({
      code: 'DINGODB_ERROR',
      details: { errno: Errno.ERAFT_NOTLEADER },
    })
    expect(calls.length).toBeGreaterThan(10)
    expect(calls.length).toBeLessThan(100)
  })

  test('throws other errors at once, and repeats nothing whose outcome is unknown unless it may', async () => {
    const { clock, network, calls, serve, coordinators } = cluster()
    const first = serve(1, () => {
      throw dingoError(Errno.EREGION_NOT_FOUND, 'No such region.')
    })
    await expect(over(clock, coordinators.call(hello, {}))).rejects.toMatchObject({
      details: { errno: Errno.EREGION_NOT_FOUND },
    })
    first.close()
    serve(1, () => ({}))
    serve(2, () => ({}))
    serve(3, () => ({}))
    for (const port of [1, 2]) network.setLink(`c:${String(port)}`, 'client', { isCut: true })
    calls.length = 0
    await expect(over(clock, coordinators.call(hello, {}, { idempotent: false }))).rejects.toMatchObject({
      code: 'RPC_UNAVAILABLE',
      details: { sent: true },
    })
    expect(calls).toHaveLength(1)
    await over(clock, coordinators.call(hello, {}))
    expect(calls.at(-1)).toBe('3')
  })
})
