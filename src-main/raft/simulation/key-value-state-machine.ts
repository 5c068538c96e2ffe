import { assert } from '../../base/assert'
import { SandboxError } from '../../base/sandbox-error'
import type { Disk } from '../../env'
import { makeDurableDirectory, parentPath } from '../../env'
import { NO_MEMBERS } from '../core/model/conf-state'
import type { Entry, EntryId } from '../core/model/entry'
import type { AppliedState, ApplyBatch, StateMachine, StateMachineSnapshot } from '../node/state-machine'

/** A command on one key; null is no value. */
export type KeyValueCommand =
  | { readonly kind: 'get'; readonly key: string }
  | { readonly kind: 'put'; readonly key: string; readonly value: string }
  | { readonly kind: 'delete'; readonly key: string }
  | {
      readonly kind: 'compare-and-set'
      readonly key: string
      readonly expected: string | null
      readonly replacement: string | null
    }

/** The value that was read, null for none; whether the comparison held; true for a put or delete; null for an entry without command. */
export type KeyValueResult = string | null | boolean

/** Where and when a state machine is written to disk. */
export interface KeyValuePersistence {
  readonly disk: Disk
  /** The file that holds data and applied index, replaced as a whole. Its directory is made if missing. */
  readonly path: string
  /** It is written after so many applied entries; infinite for only when {@link KeyValueStateMachine.flush} is called. */
  readonly flushEveryEntries: number
  /** Whether the node may ask for it, and cut the log behind it without a snapshot. Default false. */
  readonly onRequest?: boolean
}

interface StoredState {
  readonly version: 1
  readonly applied: AppliedState
  readonly pairs: ReadonlyArray<readonly [string, string]>
}

const NOTHING_APPLIED: AppliedState = { last: { index: 0, term: 0 }, confState: NO_MEMBERS }
/** Text of a snapshot that is handed out in one piece, in characters. */
const PIECE_LENGTH = 16 * 1024

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** The bytes of a command as they stand in a log entry. */
export function encodeCommand(command: KeyValueCommand): Uint8Array {
  return encoder.encode(JSON.stringify(command))
}

/**
 * The smallest state machine that shows what Raft is for: keys and values in memory. With persistence it keeps data and
 * applied index in one file; a crash takes what was applied since the last flush, which the node applies again.
 */
export class KeyValueStateMachine implements StateMachine<KeyValueResult> {
  /** See {@link StateMachine.persist}. */
  readonly persist: (() => Promise<EntryId>) | undefined
  readonly #persistence: KeyValuePersistence | undefined
  #pairs = new Map<string, string>()
  #applied = NOTHING_APPLIED
  #unflushedEntries = 0
  /** The last flush. One waits for the other, so that none takes the place of a newer one. */
  #lastFlush: Promise<unknown> = Promise.resolve()

  /** Without persistence every start begins with nothing applied. With it, use {@link open}. */
  constructor(persistence?: KeyValuePersistence) {
    this.#persistence = persistence
    this.persist = persistence?.onRequest === true ? () => this.#persist() : undefined
  }

  /** Reads what the last run left. @throws SandboxError DISK_*, INTERNAL if the file is none of ours */
  static async open(persistence: KeyValuePersistence): Promise<KeyValueStateMachine> {
    const { disk, path } = persistence
    const machine = new KeyValueStateMachine(persistence)
    await makeDurableDirectory(disk, parentPath(path))
    if ((await disk.status(path)) === undefined) return machine
    const stored = JSON.parse(decoder.decode(await disk.readFile(path))) as StoredState
    assert(stored.version === 1, 'the state file has a known version', { path })
    machine.#applied = stored.applied
    machine.#pairs = new Map(stored.pairs)
    return machine
  }

  get applied(): AppliedState {
    return this.#applied
  }

  /** What is applied now. */
  get pairs(): ReadonlyMap<string, string> {
    return this.#pairs
  }

  async apply({ entries, confState }: ApplyBatch): Promise<readonly KeyValueResult[]> {
    const results = entries.map((entry) => this.#applyEntry(entry))
    const last = entries.at(-1)
    if (last !== undefined) this.#applied = { last: { index: last.index, term: last.term }, confState }
    this.#unflushedEntries += entries.length
    const { flushEveryEntries = Number.POSITIVE_INFINITY } = this.#persistence ?? {}
    if (this.#unflushedEntries >= flushEveryEntries) await this.flush()
    return results
  }

  /** Makes what is applied durable. @throws SandboxError DISK_* */
  async flush(): Promise<void> {
    if (this.#persistence === undefined) return
    this.#unflushedEntries = 0
    const state: StoredState = { version: 1, applied: this.#applied, pairs: [...this.#pairs] }
    const { disk, path } = this.#persistence
    const mine = this.#lastFlush.then(() => disk.replaceFile(path, encoder.encode(JSON.stringify(state))))
    // Whoever asked for it learns of a failure; the next flush does not depend on it.
    this.#lastFlush = mine.catch(() => undefined)
    await mine
  }

  async #persist(): Promise<EntryId> {
    const { last } = this.#applied
    await this.flush()
    return last
  }

  createSnapshot(): Promise<StateMachineSnapshot> {
    const pairs = [...this.#pairs]
    return Promise.resolve({
      applied: this.#applied,
      read: () => encodePairs(pairs),
      close: () => Promise.resolve(),
    })
  }

  async restoreSnapshot(applied: AppliedState, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    this.#pairs = await decodePairs(bytes)
    this.#applied = applied
    await this.flush()
  }

  #applyEntry(entry: Entry): KeyValueResult {
    const hasCommand = entry.type === 'EntryNormal' && entry.data.length > 0
    return hasCommand ? this.#execute(JSON.parse(decoder.decode(entry.data)) as KeyValueCommand) : null
  }

  #execute(command: KeyValueCommand): KeyValueResult {
    switch (command.kind) {
      case 'get':
        return this.#pairs.get(command.key) ?? null
      case 'put':
        this.#pairs.set(command.key, command.value)
        return true
      case 'delete':
        this.#pairs.delete(command.key)
        return true
      case 'compare-and-set':
        if ((this.#pairs.get(command.key) ?? null) !== command.expected) return false
        if (command.replacement === null) this.#pairs.delete(command.key)
        else this.#pairs.set(command.key, command.replacement)
        return true
    }
  }
}

/** One pair a line, several lines a piece. */
async function* encodePairs(pairs: ReadonlyArray<readonly [string, string]>): AsyncGenerator<Uint8Array, void, void> {
  let text = ''
  for (const pair of pairs) {
    text += `${JSON.stringify(pair)}\n`
    if (text.length < PIECE_LENGTH) continue
    yield encoder.encode(text)
    text = ''
    await Promise.resolve()
  }
  if (text !== '') yield encoder.encode(text)
}

async function decodePairs(bytes: AsyncIterable<Uint8Array>): Promise<Map<string, string>> {
  const pairs = new Map<string, string>()
  const pieces = new TextDecoder()
  let text = ''
  for await (const piece of bytes) {
    text += pieces.decode(piece, { stream: true })
    const end = text.lastIndexOf('\n')
    for (const line of end < 0 ? [] : text.slice(0, end).split('\n')) {
      const [key, value] = JSON.parse(line) as readonly [string, string]
      pairs.set(key, value)
    }
    text = text.slice(end + 1)
  }
  if (text === '') return pairs
  throw new SandboxError('RAFT_SNAPSHOT_DAMAGED', 'The state in a snapshot ends in the middle of a pair.')
}
