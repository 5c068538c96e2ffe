import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads'
import { fileURLToPath } from 'node:url'
import { realEnv } from '../../../src-main/env/real'
import type { Message } from '../../../src-main/raft/core/model/message'
import { draftMessage } from '../../../src-main/raft/core/model/message'
import { GrpcRaftTransport } from '../../../src-main/raft/transport/grpc/grpc-raft-transport'
import { StoreService } from '../../../src-main/rpc/generated/dingodb/store_pb'
import { GrpcChannels } from '../../../src-main/rpc/grpc/grpc-channels'
import { GrpcServer } from '../../../src-main/rpc/grpc/grpc-server'
import { ServiceRegistry } from '../../../src-main/rpc/service-registry'

const env = realEnv()
const SERVER_NODE = 2

/**
 * What the RPC layer carries over loopback between two threads: calls of an empty handler with 1, 64 and 512 under way,
 * and appends of the Raft transport with payloads of 256 and 1,024 bytes. Options: --seconds <each>, --json.
 */
export async function main(args: readonly string[]): Promise<number> {
  const seconds = args.includes('--seconds') ? Number(args[args.indexOf('--seconds') + 1]) : 3
  const worker = new Worker(fileURLToPath(import.meta.url), { workerData: 'rpc bench server' })
  const address = await new Promise<string>((resolve) => worker.once('message', resolve))
  const rows: Array<Record<string, string | number>> = []
  for (const underWay of [1, 64, 512]) rows.push(await measureCalls(address, underWay, seconds))
  for (const payloadBytes of [256, 1024]) rows.push(await measureAppends(address, payloadBytes, seconds))
  await worker.terminate()
  if (args.includes('--json')) console.log(JSON.stringify(rows))
  else console.table(rows)
  return 0
}

async function measureCalls(address: string, underWay: number, seconds: number) {
  const channels = new GrpcChannels({ env })
  const channel = channels.to(address)
  let calls = 0
  let isOver = false
  const caller = async () => {
    while (!isOver) {
      await channel.unary(StoreService.method.kvGet, {})
      calls += 1
    }
  }
  const callers = Array.from({ length: underWay }, caller)
  await env.clock.sleep(500)
  const before = calls
  const startMs = env.clock.monotonicMs()
  await env.clock.sleep(seconds * 1000)
  const perSecond = ((calls - before) * 1000) / (env.clock.monotonicMs() - startMs)
  isOver = true
  await Promise.all(callers)
  await channels.close()
  return { what: 'empty calls', underWay, perSecond: Math.round(perSecond) }
}

/** Each append is acknowledged, and 256 are under way: what Raft would do over one pair of nodes. */
async function measureAppends(address: string, payloadBytes: number, seconds: number) {
  const transport = new GrpcRaftTransport({ nodeId: 1, clusterId: 1, env, addressOf: () => address })
  const registry = new ServiceRegistry()
  transport.registerServices(registry)
  const server = await GrpcServer.start({ registry, env, port: 0 })
  const context = new TextEncoder().encode(server.address)
  const entries = [{ term: 1, index: 1, type: 'EntryNormal' as const, data: new Uint8Array(payloadBytes) }]
  const append: Message = { ...draftMessage('MsgApp', SERVER_NODE), from: 1, entries, context }
  const send = () => {
    transport.send(SERVER_NODE, { kind: 'raft', regionId: 1, message: append })
  }
  let answers = 0
  transport.listen(() => {
    answers += 1
    send()
  })
  for (let underWay = 0; underWay < 256; underWay += 1) send()
  await env.clock.sleep(500)
  const before = answers
  const startMs = env.clock.monotonicMs()
  await env.clock.sleep(seconds * 1000)
  const perSecond = ((answers - before) * 1000) / (env.clock.monotonicMs() - startMs)
  const { sentMessages, sentFrames } = transport.counters
  await transport.close()
  await server.closeNow()
  return {
    what: `appends of ${String(payloadBytes)} B, acknowledged`,
    underWay: 256,
    perSecond: Math.round(perSecond),
    mebibytesPerSecond: Number(((perSecond * payloadBytes) / 1024 / 1024).toFixed(1)),
    messagesPerFrame: Math.round(sentMessages / sentFrames),
  }
}

/** The other thread: an empty handler, and a node that acknowledges appends. */
async function serve(): Promise<void> {
  let peerAddress = ''
  const transport = new GrpcRaftTransport({ nodeId: SERVER_NODE, clusterId: 1, env, addressOf: () => peerAddress })
  transport.listen((from, message) => {
    if (message.kind !== 'raft') return
    peerAddress = new TextDecoder().decode(message.message.context)
    const answer: Message = { ...draftMessage('MsgAppResp', from), from: SERVER_NODE, index: 1 }
    transport.send(from, { kind: 'raft', regionId: message.regionId, message: answer })
  })
  const registry = new ServiceRegistry().add(StoreService, { kvGet: () => ({}) })
  transport.registerServices(registry)
  const server = await GrpcServer.start({ registry, env, port: 0 })
  parentPort?.postMessage(server.address)
}

if (!isMainThread && workerData === 'rpc bench server') await serve()
