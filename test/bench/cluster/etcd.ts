import { BinaryReader } from '@bufbuild/protobuf/wire'
import { credentials, makeGenericClientConstructor } from '@grpc/grpc-js'
import type { ChildProcess } from 'node:child_process'
import { execFile, spawn } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** A three-member etcd on this machine, each member a process with its data on disk. */
export interface EtcdCluster {
  readonly version: string
  /** `host:port` of the member that leads. */
  readonly leader: string
  stop(): Promise<void>
}

const CLIENT_PORTS = [32379, 32479, 32579] as const

/** The version of the etcd on this machine; undefined if there is none. */
export async function findEtcd(): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('etcd', ['--version'])
    return /etcd Version: (\S+)/.exec(stdout)?.[1]
  } catch {
    return undefined // Not installed: the comparison is left out, and the report says so.
  }
}

/** Starts it with default settings in a fresh directory and waits for its leader. */
export async function startEtcd(directory: string, version: string): Promise<EtcdCluster> {
  const peerUrl = (port: number) => `http://127.0.0.1:${String(port + 1)}`
  const initial = CLIENT_PORTS.map((port, index) => `m${String(index)}=${peerUrl(port)}`).join(',')
  const members = CLIENT_PORTS.map((port, index) => {
    const url = `http://127.0.0.1:${String(port)}`
    const args = ['--name', `m${String(index)}`, '--data-dir', join(directory, `m${String(index)}`)]
    args.push('--listen-client-urls', url, '--advertise-client-urls', url)
    args.push('--listen-peer-urls', peerUrl(port), '--initial-advertise-peer-urls', peerUrl(port))
    args.push('--initial-cluster', initial, '--initial-cluster-state', 'new', '--logger', 'zap', '--log-level', 'error')
    return spawn('etcd', args, { stdio: 'ignore' })
  })
  const stop = () => Promise.all(members.map(end)).then(() => undefined)
  try {
    return { version, leader: await findLeader(), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function end(member: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    member.once('exit', () => {
      resolve()
    })
    if (member.exitCode !== null || !member.kill('SIGKILL')) resolve()
  })
}

async function findLeader(): Promise<string> {
  const deadline = Date.now() + 20_000
  for (;;) {
    for (const port of CLIENT_PORTS) {
      const address = `127.0.0.1:${String(port)}`
      if (await leads(address)) return address
    }
    if (Date.now() > deadline) throw new Error('etcd elected no leader within 20 s')
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** Asks etcdserverpb.Maintenance/Status: its header names the member that answers, its field 4 the leader. */
function leads(address: string): Promise<boolean> {
  const Client = makeGenericClientConstructor({}, 'status')
  const client = new Client(address, credentials.createInsecure())
  return new Promise((resolve) => {
    const same = (bytes: Buffer) => bytes
    const options = { deadline: Date.now() + 1000 }
    client.makeUnaryRequest(
      '/etcdserverpb.Maintenance/Status',
      same,
      same,
      Buffer.alloc(0),
      options,
      (error, bytes) => {
        client.close()
        if (error !== null || bytes === undefined) resolve(false)
        else resolve(memberAndLeader(bytes))
      },
    )
  })
}

function memberAndLeader(status: Uint8Array): boolean {
  const reader = new BinaryReader(status)
  let member = ''
  let leader = '0'
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag()
    if (field === 1) {
      const header = new BinaryReader(reader.bytes())
      while (header.pos < header.len) {
        const [headerField, headerType] = header.tag()
        if (headerField === 2) member = String(header.uint64())
        else header.skip(headerType)
      }
    } else if (field === 4) leader = String(reader.uint64())
    else reader.skip(wireType)
  }
  return leader !== '0' && member === leader
}
