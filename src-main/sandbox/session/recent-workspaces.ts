import { posix } from 'node:path'
import { SandboxError } from '../../base/sandbox-error'
import type { Disk } from '../../env'
import { readClusterRecord } from '../cluster/cluster-record'
import { TOPOLOGY_LIMITS } from '../cluster/cluster-topology'
import { SerialQueue } from '../cluster/serial-queue'
import { toDiskPath } from '../disk-path'
import { PlainData } from '../plain-data'
import { rawEngineNames } from '../raw-engine-registry'
import type { RecentWorkspace } from './session-view'

/** A workspace as the list keeps it; what it is like today is looked up when the list is read. */
export type RememberedWorkspace = Pick<
  RecentWorkspace,
  'directory' | 'lastOpenedAtMs' | 'coordinators' | 'stores' | 'engine'
>

/** Of more, those that were not opened for longest are forgotten. */
const MOST_KEPT = 20
const FILE_VERSION = 1
const DOCUMENT = 'the list of recent workspaces (recent-workspaces.json)'

/**
 * The workspaces that were open before, kept in one file of the person's data. Each change reads the file anew: another
 * host of the same person may have written it meanwhile.
 */
export class RecentWorkspaces {
  readonly #disk: Disk
  readonly #path: string
  readonly #onDamage: (error: SandboxError) => void
  readonly #changes = new SerialQueue()
  /** What is wrong with the file, as far as that was told: the list is read again and again. */
  #toldDamage: string | undefined

  /**
   * @param path of the file, a Disk path; its folder exists
   * @param onDamage told once when the file is not what was written: the list is then empty, and the next change writes it anew
   */
  constructor(disk: Disk, path: string, onDamage: (error: SandboxError) => void) {
    this.#disk = disk
    this.#path = path
    this.#onDamage = onDamage
  }

  /** Puts a workspace to the top of the list. @throws SandboxError DISK_* */
  remember(workspace: RememberedWorkspace): Promise<void> {
    return this.#change((kept) => [workspace, ...without(kept, workspace.directory)].slice(0, MOST_KEPT))
  }

  /** Takes a workspace off the list; its folder stays. @throws SandboxError DISK_* */
  forget(directory: string): Promise<void> {
    return this.#change((kept) => without(kept, directory))
  }

  /**
   * The list, the newest first, and what each workspace is like now.
   *
   * @param openDirectory the one that is open in this program
   * @throws SandboxError DISK_IO
   */
  async list(openDirectory: string | undefined): Promise<readonly RecentWorkspace[]> {
    const kept = await this.#read()
    return Promise.all(kept.map((workspace) => this.#look(workspace, openDirectory)))
  }

  #change(how: (kept: readonly RememberedWorkspace[]) => readonly RememberedWorkspace[]): Promise<void> {
    return this.#changes.run(async () => {
      const workspaces = how(await this.#read())
      const text = `${JSON.stringify({ version: FILE_VERSION, workspaces }, null, 2)}\n`
      await this.#disk.replaceFile(this.#path, new TextEncoder().encode(text))
    })
  }

  async #read(): Promise<readonly RememberedWorkspace[]> {
    try {
      const text = new TextDecoder().decode(await this.#disk.readFile(this.#path))
      const kept = parse(PlainData.parse(text, DOCUMENT, 'WORKSPACE_DAMAGED'))
      this.#toldDamage = undefined
      return kept
    } catch (error) {
      if (SandboxError.is(error, 'DISK_NOT_FOUND')) return []
      if (!SandboxError.is(error, 'WORKSPACE_DAMAGED')) throw error
      if (this.#toldDamage !== error.message) this.#onDamage(error)
      this.#toldDamage = error.message
      return []
    }
  }

  async #look(workspace: RememberedWorkspace, openDirectory: string | undefined): Promise<RecentWorkspace> {
    const { directory } = workspace
    const found = { ...workspace, name: workspaceName(directory), reason: undefined }
    if (directory === openDirectory) return { ...found, state: 'open' }
    try {
      const path = toDiskPath(directory)
      const status = await this.#disk.status(path)
      if (status?.kind !== 'directory') return { ...found, state: 'missing' }
      const record = await readClusterRecord(this.#disk, path)
      // Somebody emptied it: there is nothing left of what is listed.
      if (record === undefined) return { ...found, state: 'missing' }
      return { ...found, ...record.topology, engine: record.engine, state: 'usable' }
    } catch (thrown) {
      return { ...found, state: 'refused', reason: SandboxError.from(thrown).serialize() }
    }
  }
}

/** The name by which a person knows a workspace: that of its folder. */
export function workspaceName(directory: string): string {
  return posix.basename(toDiskPath(directory))
}

const without = (kept: readonly RememberedWorkspace[], directory: string) =>
  kept.filter((workspace) => workspace.directory !== directory)

function parse(data: PlainData): readonly RememberedWorkspace[] {
  data.field('version').wholeNumber(FILE_VERSION, FILE_VERSION)
  return data
    .field('workspaces')
    .list()
    .map((workspace) => ({
      directory: absolutePath(workspace.field('directory').text()),
      lastOpenedAtMs: workspace.field('lastOpenedAtMs').wholeNumber(0),
      coordinators: workspace.field('coordinators').wholeNumber(1, TOPOLOGY_LIMITS.coordinators),
      stores: workspace.field('stores').wholeNumber(1, TOPOLOGY_LIMITS.stores),
      engine: workspace.field('engine').oneOf(rawEngineNames),
    }))
}

function absolutePath(directory: string): string {
  try {
    toDiskPath(directory)
    return directory
  } catch (cause) {
    throw new SandboxError('WORKSPACE_DAMAGED', `A folder in ${DOCUMENT} is relative: "${directory}".`, { cause })
  }
}
