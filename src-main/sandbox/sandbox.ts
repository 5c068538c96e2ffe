import type { Env } from '../env'
import type { PreferenceStore } from './preferences'
import type { HostKind, RuntimeDescription } from './program'
import type { RawEngineRegistry } from './raw-engine-registry'
import type { Workspace } from './workspace'

/** The opened program behind the screens: its workspace, its engines, its preferences. */
export interface Sandbox {
  readonly env: Env
  readonly host: HostKind
  readonly runtime: RuntimeDescription
  readonly workspace: Workspace
  readonly engines: RawEngineRegistry
  readonly preferences: PreferenceStore
  /** Lets go of the workspace. Twice is harmless. */
  close(): Promise<void>
}
