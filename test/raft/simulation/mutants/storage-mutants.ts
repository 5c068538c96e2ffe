import type { Disk, DiskFile, OpenOptions } from '../../../../src-main/env'
import type {
  ApplyBatch,
  AppliedState,
  StateMachine,
  StateMachineSnapshot,
} from '../../../../src-main/raft/node/state-machine'
import { NO_BYTES } from '../../../../src-main/raft/core/model/entry'
import type { Mutant } from './mutant'
import { withFaults } from './mutant'

/** A disk whose files, below a path, are said to be synced and are not. */
function lyingDisk(disk: Disk, path: string): Disk {
  const open = async (name: string, options: OpenOptions): Promise<DiskFile> => {
    const file = await disk.open(name, options)
    if (!name.startsWith(path)) return file
    return override(file, {
      sync: () => Promise.resolve(),
      writeDurably: (position, bytes) => file.write(position, bytes),
    })
  }
  return override(disk, { open })
}

/** An object with some of its methods replaced; the others still work on the object itself. */
function override<T extends object>(target: T, replaced: Partial<T>): T {
  return new Proxy(target, {
    get(_, name) {
      if (name in replaced) return replaced[name as keyof T]
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}

class ForwardingStateMachine<Result> implements StateMachine<Result> {
  readonly #inner: StateMachine<Result>

  constructor(inner: StateMachine<Result>) {
    this.#inner = inner
  }

  get applied(): AppliedState {
    return this.#inner.applied
  }

  apply(batch: ApplyBatch): Promise<readonly Result[]> {
    return this.#inner.apply(batch)
  }

  createSnapshot(): Promise<StateMachineSnapshot> {
    return this.#inner.createSnapshot()
  }

  restoreSnapshot(applied: AppliedState, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    return this.#inner.restoreSnapshot(applied, bytes)
  }
}

/** Passes over a command now and then; which one depends on when the process was started. */
class SkipsCommands<Result> extends ForwardingStateMachine<Result> {
  #applied = 0

  override apply(batch: ApplyBatch): Promise<readonly Result[]> {
    const entries = batch.entries.map((entry) => {
      this.#applied += 1
      return this.#applied % 20 === 0 && entry.type === 'EntryNormal' ? { ...entry, data: NO_BYTES } : entry
    })
    return super.apply({ ...batch, entries })
  }
}

class RestoresNothing<Result> extends ForwardingStateMachine<Result> {
  override async restoreSnapshot(applied: AppliedState, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    await readToEnd(bytes)
    await super.restoreSnapshot(applied, noPieces())
  }
}

class PersistsNothing<Result> extends ForwardingStateMachine<Result> {
  readonly persist = () => Promise.resolve(this.applied.last)
}

async function readToEnd(bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const pieces = bytes[Symbol.asyncIterator]()
  while ((await pieces.next()).done !== true);
}

async function* noPieces(): AsyncGenerator<Uint8Array, void, void> {
  // Nothing to yield: the state of an empty group.
}

export const storageMutants: readonly Mutant[] = [
  {
    name: 'a disk says that the log is synced and it is not',
    caughtBy: ['durable-recovery', 'node-failed'],
    seams: () => ({ disk: (disk) => lyingDisk(disk, '/raft'), mix: (mix) => withFaults(mix, { 'power-loss': 200 }) }),
  },
  {
    name: 'the log is cut behind a snapshot that is not synced',
    caughtBy: ['node-failed'],
    seams: () => ({
      disk: (disk) => lyingDisk(disk, '/snapshot'),
      mix: (mix) => ({ ...withFaults(mix, { 'power-loss': 200, snapshot: 100 }), flushEveryEntries: undefined }),
    }),
  },
  {
    name: 'the log is cut behind a state that is not durable',
    caughtBy: ['node-failed'],
    seams: () => ({
      stateMachine: (inner) => new PersistsNothing(inner),
      mix: (mix) => ({
        ...withFaults(mix, { 'power-loss': 200 }),
        flushEveryEntries: Number.POSITIVE_INFINITY,
        settings: { ...mix.settings, keepLogEntries: 0, snapshotLogGap: 20 },
      }),
    }),
  },
  {
    name: 'a state machine passes over commands',
    caughtBy: ['state-machine-safety', 'same-state', 'linearizability'],
    seams: () => ({ stateMachine: (inner) => new SkipsCommands(inner) }),
  },
  {
    name: 'a snapshot is installed without its content',
    caughtBy: ['state-machine-safety', 'same-state', 'linearizability'],
    seams: () => ({
      stateMachine: (inner) => new RestoresNothing(inner),
      mix: (mix) => ({
        ...withFaults(mix, { partition: 200, snapshot: 100 }),
        settings: { ...mix.settings, keepLogEntries: 0, snapshotLogGap: 20 },
      }),
    }),
  },
]
