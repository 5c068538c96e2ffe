import type { ComposerTranslation } from 'vue-i18n'
import type { Messages } from '../../app/i18n/messages'
import type { DraftProblem, TablePreview } from '../../../src-main/client/views/tables'

type Translate = ComposerTranslation<{ en: Messages }>

/** What is wrong with one field, as a sentence; several one after the other. Undefined for a field that is well. */
export type ProblemOf = (path: string) => string | undefined

/** Finds what is wrong with a field by its path: `name`, `columns.0.name`, `partitioning.boundaries.1`. */
export function problemsByPath(t: Translate, preview: TablePreview | undefined): ProblemOf {
  const sentences = new Map<string, string[]>()
  for (const { path, code, parameters } of preview?.problems ?? []) {
    const sentence = t(`tables.problem.${wordOf(code)}`, parameters)
    sentences.set(path, [...(sentences.get(path) ?? []), sentence])
  }
  return (path) => sentences.get(path)?.join(' ')
}

/** Problems that belong to no field of the form that is shown. */
export function otherProblems(
  t: Translate,
  preview: TablePreview | undefined,
  shown: (path: string) => boolean,
): string[] {
  return (preview?.problems ?? [])
    .filter(({ path }) => !shown(path))
    .map(({ code, parameters }) => t(`tables.problem.${wordOf(code)}`, parameters))
}

const words = {
  'name-empty': 'nameEmpty',
  'name-taken': 'nameTaken',
  'name-invalid': 'nameInvalid',
  'column-name-empty': 'columnNameEmpty',
  'column-name-twice': 'columnNameTwice',
  'column-type-empty': 'columnTypeEmpty',
  'no-columns': 'noColumns',
  'no-key-column': 'noKeyColumn',
  'partitions-range': 'partitionsRange',
  'boundary-not-ascending': 'boundaryNotAscending',
  'boundary-not-hex': 'boundaryNotHex',
  'boundary-empty': 'boundaryEmpty',
  'replicas-range': 'replicasRange',
  'replicas-above-stores': 'replicasAboveStores',
  'replicas-of-mono': 'replicasOfMono',
  'engine-refused': 'engineRefused',
  'schema-unknown': 'schemaUnknown',
} as const satisfies Record<DraftProblem['code'], string>

const wordOf = (code: DraftProblem['code']) => words[code]
