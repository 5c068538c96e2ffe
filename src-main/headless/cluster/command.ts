import type { ClusterClient } from '../../client/cluster-client'
import type { RemoteStepping, RemoteSteppingOptions } from '../../sandbox/stepping/remote-stepping'
import type { Option } from './option'
import type { Output } from './output'
import type { ParsedOptions } from './parsed-options'

/** How a command is told to reach a cluster. */
export interface ConnectionOptions {
  /** `host:port` of coordinators. */
  readonly coordinators: readonly string[]
  readonly addressMap: ReadonlyMap<string, string>
  readonly timeoutMs: number | undefined
  /** Refuses in the client whatever would change the cluster. */
  readonly readOnly: boolean
  /** Repeats writes whose answer was lost. */
  readonly retryUnknown: boolean
}

/** What a command gets of the outside world. Tests give it another one. */
export interface CommandWorld {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly output: Output
  readFile(path: string): Promise<Uint8Array>
  writeFile(path: string, bytes: Uint8Array): Promise<void>
  readStandardInput(): Promise<Uint8Array>
  connect(options: ConnectionOptions): ClusterClient
  /** Takes the nodes of a cluster over, to step them. @throws SandboxError FLOW_BUSY, RPC_UNAVAILABLE */
  openStepping(options: RemoteSteppingOptions): Promise<RemoteStepping>
  /** What the person types, key by key, until they are done. */
  readKeys(): AsyncIterable<string>
  /** Aborts at the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal
}

/** A command of the program. */
export interface Command {
  /** `['table', 'create']`. */
  readonly path: readonly string[]
  /** The words behind it, for the help: `NAME`. */
  readonly words: string
  /** One line, without a full stop. */
  readonly summary: string
  /** More lines for its own help. */
  readonly details?: string
  readonly options: readonly Option[]
  /** @returns the exit status */
  run(options: ParsedOptions, world: CommandWorld): Promise<number>
}
