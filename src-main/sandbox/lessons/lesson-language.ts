import { stageNames } from '../../flow/stages'
import type { LessonStatement } from './lesson'

/** The statements of lessons: their first words, and what follows them. `…?` may be left out; `STAGE` is a stage's name. */
export const statementForms = [
  'table NAME',
  'mode all-stop|non-stop',
  'put KEY VALUE',
  'step put KEY VALUE EPOCH?',
  'step get KEY EPOCH?',
  'trace put KEY VALUE EPOCH?',
  'trace get KEY EPOCH?',
  'over',
  'into',
  'out',
  'continue',
  'run to commit|apply|response',
  'walk to STAGE',
  'message deliver|drop|duplicate',
  'kill leader of KEY',
  'isolate leader of KEY',
  'wait new leader of KEY',
  'restart killed',
  'heal links',
  'let go',
  'expect held STAGE client|leader|follower',
  'expect passed STAGE',
  'expect refused STAGE TEXT',
  'expect cause STAGE CODE',
  'expect outcome done|unknown|failed',
  'expect value KEY VALUE',
  'expect no value KEY',
  'expect clocks stopped|running',
] as const

export type StatementForm = (typeof statementForms)[number]

const stages: ReadonlySet<string> = new Set(stageNames)

/** Which form a statement has; undefined for none. */
export function formOf({ words }: LessonStatement): StatementForm | undefined {
  return statementForms.find((form) => {
    const parts = form.split(' ')
    const least = parts.filter((part) => !part.endsWith('?')).length
    if (words.length < least || words.length > parts.length) return false
    return parts.every((part, position) => {
      const given = words[position]
      return given === undefined || isPlaceholder(part) || part.split('|').includes(given)
    })
  })
}

/** The words that stand at the placeholders and choices of a statement's form, in order. */
export function argumentsOf({ words }: LessonStatement, form: StatementForm): readonly string[] {
  return form.split(' ').flatMap((part, position) => {
    const given = words[position]
    return given !== undefined && (isPlaceholder(part) || part.includes('|')) ? [given] : []
  })
}

/** What is wrong with a statement; undefined if it is well. */
export function checkStatement(statement: LessonStatement): string | undefined {
  const form = formOf(statement)
  if (form === undefined) return `"${statement.words.join(' ')}" is none of: ${statementForms.join('; ')}`
  for (const [position, part] of form.split(' ').entries()) {
    const given = statement.words[position]
    if (given === undefined) continue
    if (part === 'STAGE' && !stages.has(given)) return `"${given}" is no stage`
    if (part === 'KEY' && !/^[^/]+\/.+$/.test(given)) return `"${given}" is no key: a key is TABLE/KEY`
    if (part === 'EPOCH?' && !/^epoch=\d+\/\d+$/.test(given))
      return `"${given}" is no epoch: an epoch is epoch=CONF/VERSION`
  }
  return undefined
}

const isPlaceholder = (part: string) => /^[A-Z]+\??$/.test(part)
