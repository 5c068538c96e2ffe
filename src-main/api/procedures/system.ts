import { SandboxError } from '../../base/sandbox-error'
import type { Preferences } from '../../sandbox/preferences'
import type { HostKind, RuntimeDescription } from '../../sandbox/program'
import { program } from '../../sandbox/program'
import type { RawEngineStatus } from '../../sandbox/raw-engine-registry'
import { procedure, router } from '../trpc'

/** What a page needs to know of the program behind it. */
export interface SystemInfo {
  readonly program: { readonly title: string; readonly version: string }
  readonly host: HostKind
  readonly runtime: RuntimeDescription
  /** Of the cluster that is open; absolute, in the notation of the host's operating system. The topic `session` tells changes. */
  readonly workspaceDirectory: string | undefined
  /** Where the program keeps its log; absolute, in the notation of the host's operating system. */
  readonly logsDirectory: string
  readonly engines: readonly RawEngineStatus[]
  readonly preferences: Preferences
}

export const systemRouter = router({
  info: procedure.query(async ({ ctx: { sandbox } }): Promise<SystemInfo> => {
    const engines = await sandbox.engines.statuses()
    return {
      program: { title: program.title, version: program.version },
      host: sandbox.host,
      runtime: sandbox.runtime,
      workspaceDirectory: sandbox.session.view.workspace?.directory,
      logsDirectory: sandbox.log.directory,
      engines,
      preferences: sandbox.preferences.current,
    }
  }),
  /** Asks the person for a folder, by the system's own dialog. Undefined if they thought better of it. */
  chooseDirectory: procedure.mutation(({ ctx: { chooseDirectory } }) => {
    if (chooseDirectory !== undefined) return chooseDirectory()
    throw new SandboxError('HOST_NOT_SUPPORTED', 'A browser has no dialog for folders of the host: type the path.')
  }),
})
