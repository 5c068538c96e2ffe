import type { RawEngineName, RawEngineStatus } from '../../../src-main/sandbox/raw-engine-registry'
import type { OpenRequest } from '../../../src-main/sandbox/session/session-view'

/** How many nodes: two sizes with a name, and whatever a person likes. */
export const sandboxSizes = ['small', 'usual', 'custom'] as const
export type SandboxSize = (typeof sandboxSizes)[number]

/** Where the files of a sandbox go. */
export const sandboxPlaces = ['new', 'directory', 'ephemeral'] as const
export type SandboxPlace = (typeof sandboxPlaces)[number]

/** The form for a new sandbox, as it is typed. */
export interface SandboxForm {
  size: SandboxSize
  /** Of `custom`; NaN for what is no number, undefined for an empty field. */
  coordinators: number | undefined
  stores: number | undefined
  engine: RawEngineName
  place: SandboxPlace
  /** Of `directory`. */
  directory: string
}

/** Twins of TOPOLOGY_LIMITS (src-main/sandbox/cluster/cluster-topology.ts), of which a page may import types only. */
export const MOST_COORDINATORS = 5
export const MOST_STORES = 9
/** Of the procedure `session.open`. */
const LONGEST_DIRECTORY = 4096

export type SandboxFormProblem =
  'coordinators' | 'stores' | 'engine' | 'directoryEmpty' | 'directoryRelative' | 'directoryLong'

/** What is wrong with each field; a field that is well is not there. */
export interface SandboxFormProblems {
  coordinators?: SandboxFormProblem
  stores?: SandboxFormProblem
  engine?: SandboxFormProblem
  directory?: SandboxFormProblem
}

export function emptySandboxForm(): SandboxForm {
  return { size: 'usual', coordinators: 3, stores: 5, engine: 'rocksdb', place: 'new', directory: '' }
}

/** The numbers of nodes that a form stands for; those of `custom` may be wrong. */
export function topologyOf(form: SandboxForm): { coordinators: number | undefined; stores: number | undefined } {
  if (form.size === 'small') return { coordinators: 1, stores: 1 }
  if (form.size === 'usual') return { coordinators: 3, stores: 3 }
  return { coordinators: form.coordinators, stores: form.stores }
}

const isCount = (count: number | undefined, most: number): count is number =>
  count !== undefined && Number.isInteger(count) && count >= 1 && count <= most

/** @param engines those of this machine, as far as they are known */
export function checkSandboxForm(form: SandboxForm, engines: readonly RawEngineStatus[]): SandboxFormProblems {
  const problems: SandboxFormProblems = {}
  const { coordinators, stores } = topologyOf(form)
  if (!isCount(coordinators, MOST_COORDINATORS)) problems.coordinators = 'coordinators'
  if (!isCount(stores, MOST_STORES)) problems.stores = 'stores'
  const engine = engines.find(({ name }) => name === form.engine)
  if (engine !== undefined && engine.error !== null) problems.engine = 'engine'
  if (form.place === 'directory') {
    const problem = directoryProblem(form.directory.trim())
    if (problem !== undefined) problems.directory = problem
  }
  return problems
}

function directoryProblem(directory: string): SandboxFormProblem | undefined {
  if (directory === '') return 'directoryEmpty'
  // A slash, a drive letter, or a share of Windows: the host may run on either system.
  if (!/^(\/|[a-z]:[\\/]|\\\\)/i.test(directory)) return 'directoryRelative'
  return directory.length > LONGEST_DIRECTORY ? 'directoryLong' : undefined
}

/** What to ask the host for; undefined while something is wrong with the form. */
export function toOpenRequest(form: SandboxForm, engines: readonly RawEngineStatus[]): OpenRequest | undefined {
  const { coordinators, stores } = topologyOf(form)
  if (Object.keys(checkSandboxForm(form, engines)).length > 0) return undefined
  if (coordinators === undefined || stores === undefined) return undefined
  const where: OpenRequest['where'] =
    form.place === 'directory' ? { kind: 'directory', directory: form.directory.trim() } : { kind: form.place }
  return { where, topology: { coordinators, stores }, engine: form.engine }
}

/** How many of so many may be gone while the rest still has a majority. */
export function tolerated(count: number): number {
  return Math.floor((count - 1) / 2)
}
