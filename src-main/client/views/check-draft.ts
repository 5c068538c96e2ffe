import { compareKeys } from '../key-bytes'
import { MAX_PARTITIONS } from '../table-description'
import { bytesOfTypedKey } from './key-input'
import type { DraftProblem, TableDraft } from './tables'

/** What a draft is judged by. */
export interface DraftWorld {
  /** Names of the schemas that may hold tables. */
  readonly schemas: ReadonlySet<string>
  /** Whether the schema of the draft has a table of its name. */
  readonly isNameTaken: boolean
  /** Stores that take new copies of regions. */
  readonly stores: number
  /** Copies of each region if the draft names no number. */
  readonly usualReplicas: number
}

const LONGEST_NAME = 128
/** White space, what cannot be seen, quotes, and what stands between names where keys and tables are written. */
const NOT_IN_A_NAME = /[\s\p{C}/\\.'"`]/u
const MOST_REPLICAS = 9

/** Everything that is wrong with a draft, in the order of the form. */
export function checkDraft(draft: TableDraft, world: DraftWorld): DraftProblem[] {
  return [
    ...nameProblems(draft, world),
    ...columnProblems(draft),
    ...partitionProblems(draft.partitioning),
    ...replicaProblems(draft, world),
    // The protocol knows it, and stores refuse its regions: those of this program and of DingoDB alike.
    ...(draft.engine === 'memory' ? [problem('engine', 'engine-refused')] : []),
  ]
}

function nameProblems({ name, schema }: TableDraft, { schemas, isNameTaken }: DraftWorld): DraftProblem[] {
  const problems: DraftProblem[] = []
  if (name === '') problems.push(problem('name', 'name-empty'))
  else if (name.length > LONGEST_NAME || NOT_IN_A_NAME.test(name)) {
    problems.push(problem('name', 'name-invalid', { longest: LONGEST_NAME }))
  } else if (isNameTaken) problems.push(problem('name', 'name-taken', { name, schema }))
  if (!schemas.has(schema)) problems.push(problem('schema', 'schema-unknown', { schema }))
  return problems
}

function columnProblems({ columns }: TableDraft): DraftProblem[] {
  if (columns.length === 0) return [problem('columns', 'no-columns')]
  const problems: DraftProblem[] = []
  const names = new Set<string>()
  for (const [index, { name, sqlType }] of columns.entries()) {
    const path = `columns.${String(index)}`
    if (name.trim() === '') problems.push(problem(`${path}.name`, 'column-name-empty'))
    else if (names.has(name)) problems.push(problem(`${path}.name`, 'column-name-twice', { name }))
    names.add(name)
    if (sqlType.trim() === '') problems.push(problem(`${path}.sqlType`, 'column-type-empty'))
  }
  if (!columns.some(({ isKey }) => isKey)) problems.push(problem('columns', 'no-key-column'))
  return problems
}

function partitionProblems(partitioning: TableDraft['partitioning']): DraftProblem[] {
  const limits = { least: 1, most: MAX_PARTITIONS }
  if (partitioning.kind === 'hash') {
    const { count } = partitioning
    const isGood = Number.isInteger(count) && count >= 1 && count <= MAX_PARTITIONS
    return isGood ? [] : [problem('partitioning.count', 'partitions-range', limits)]
  }
  const { boundaries } = partitioning
  const problems: DraftProblem[] = []
  if (boundaries.length >= MAX_PARTITIONS) problems.push(problem('partitioning.boundaries', 'partitions-range', limits))
  let before: Uint8Array | undefined
  for (const [index, text] of boundaries.entries()) {
    const path = `partitioning.boundaries.${String(index)}`
    const boundary = bytesOfTypedKey(text)
    if (boundary === undefined) problems.push(problem(path, 'boundary-not-hex'))
    else if (boundary.length === 0) problems.push(problem(path, 'boundary-empty'))
    else {
      if (before !== undefined && compareKeys(before, boundary) >= 0) {
        problems.push(problem(path, 'boundary-not-ascending'))
      }
      before = boundary
    }
  }
  return problems
}

function replicaProblems({ replicas, engine }: TableDraft, { stores, usualReplicas }: DraftWorld): DraftProblem[] {
  const wanted = replicas ?? usualReplicas
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > MOST_REPLICAS) {
    return [problem('replicas', 'replicas-range', { least: 1, most: MOST_REPLICAS })]
  }
  if (engine === 'mono' && wanted > 1) return [problem('replicas', 'replicas-of-mono')]
  return engine !== 'memory' && wanted > stores ? [problem('replicas', 'replicas-above-stores', { stores })] : []
}

const problem = (
  path: string,
  code: DraftProblem['code'],
  parameters: DraftProblem['parameters'] = {},
): DraftProblem => ({ path, code, parameters })
