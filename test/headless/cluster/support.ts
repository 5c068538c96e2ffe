import { Readable } from 'node:stream'
import { realEnv } from '../../../src-main/env/real'
import { openRemoteStepping } from '../../../src-main/sandbox/stepping/remote-stepping'
import type { ClusterClientOptions } from '../../../src-main/client/cluster-client'
import type { CommandWorld, ConnectionOptions } from '../../../src-main/headless/cluster/command'
import { run } from '../../../src-main/headless/cluster/run'
import { FakeCluster } from '../../client/support/fake-cluster'

/** What a command line left behind. */
export interface Outcome {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** A command line in front of a fake cluster, with files in memory. */
export class CommandLine {
  readonly cluster = new FakeCluster()
  /** How to reach another cluster than the fake one. */
  connect: CommandWorld['connect'] | undefined
  readonly files = new Map<string, Uint8Array>()
  readonly environment: Record<string, string> = {}
  readonly connections: ConnectionOptions[] = []
  /** What the person types. */
  keys = ''
  standardInput: Uint8Array = new Uint8Array()
  readonly interrupt = new AbortController()
  /** What happens when it has written something. */
  onWrite = (): Promise<void> => Promise.resolve()
  clientOptions: Partial<ClusterClientOptions> = {}

  async run(...args: readonly string[]): Promise<Outcome> {
    const stdout: Uint8Array[] = []
    const stderr: string[] = []
    const world: CommandWorld = {
      environment: this.environment,
      output: {
        write: (data) => {
          stdout.push(Buffer.from(data))
          return this.onWrite()
        },
        note: (line) => stderr.push(line),
        progress: () => undefined,
      },
      readFile: (path) => Promise.resolve(this.files.get(path) ?? new Uint8Array()),
      writeFile: (path, bytes) => {
        this.files.set(path, bytes)
        return Promise.resolve()
      },
      readStandardInput: () => Promise.resolve(this.standardInput),
      connect: (options) => {
        this.connections.push(options)
        if (this.connect !== undefined) return this.connect(options)
        const { readOnly, retryUnknown, timeoutMs } = options
        return this.cluster.client({ readOnly, retryUnknown, timeoutMs, ...this.clientOptions })
      },
      openStepping: (options) => openRemoteStepping(realEnv(), options),
      readKeys: () => Readable.from([...this.keys]),
      signal: this.interrupt.signal,
    }
    const status = await run(args, world)
    return { status, stdout: Buffer.concat(stdout).toString(), stderr: stderr.join('\n') }
  }

  /** Runs a command with `--json` that must succeed, and reads its one document. */
  async json(...args: readonly string[]): Promise<unknown> {
    const { status, stdout, stderr } = await this.run(...args, '--json')
    if (status !== 0) throw new Error(`${args.join(' ')} ended with ${String(status)}: ${stderr}`)
    return JSON.parse(stdout)
  }
}
