import type { SerializedSandboxError } from '../base/sandbox-error'
import { SandboxError } from '../base/sandbox-error'
import { loadBinding } from '../engine/raw/load-binding'

/** The raw engines that this program brings, in the order in which screens list them; the first is the default. */
export const rawEngineNames = ['rocksdb', 'level', 'memory'] as const
export type RawEngineName = (typeof rawEngineNames)[number]

/** Whether a raw engine can be used on this machine. */
export interface RawEngineStatus {
  readonly name: RawEngineName
  /** The npm package that binds the storage library; null for an engine of our own. */
  readonly package: string | null
  /** Of the package, or of this program for an engine of our own. */
  readonly version: string
  /** Null if the engine loaded, else why it did not (ENGINE_NOT_AVAILABLE). */
  readonly error: SerializedSandboxError | null
}

/** What the registry needs to know of one raw engine. */
export interface RawEngineEntry {
  readonly name: RawEngineName
  readonly package: string | null
  readonly version: string
  /** Loads the binding; rejects when it does not load on this machine. */
  load(): Promise<unknown>
}

/** Knows which raw engines this machine can use. */
export interface RawEngineRegistry {
  /** Tries each engine once and keeps the answer. Never rejects: an engine that fails says so in its status. */
  statuses(): Promise<readonly RawEngineStatus[]>
}

/** A registry over the given entries. Loading starts with the first question. */
export function createRawEngineRegistry(entries: readonly RawEngineEntry[]): RawEngineRegistry {
  let answer: Promise<readonly RawEngineStatus[]> | undefined
  return {
    statuses: () => (answer ??= Promise.all(entries.map(statusOf))),
  }
}

async function statusOf(entry: RawEngineEntry): Promise<RawEngineStatus> {
  const { name, package: packageName, version } = entry
  try {
    if (packageName === null) await entry.load()
    else await loadBinding(packageName, () => entry.load())
    return { name, package: packageName, version, error: null }
  } catch (thrown) {
    const error = SandboxError.from(thrown, 'ENGINE_NOT_AVAILABLE').serialize()
    return { name, package: packageName, version, error }
  }
}
