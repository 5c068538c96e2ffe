import { SandboxError } from '../../base/sandbox-error'
import type { Lesson, LessonScene, LessonStatement, LessonText } from './lesson'
import { checkStatement } from './lesson-language'

type Part = 'title' | 'about' | 'say'
type Language = 'en' | 'zh'

interface OpenScene {
  readonly line: number
  readonly said: Record<Language, string[]>
  readonly statements: LessonStatement[]
}

const textLine = /^(title|about|say) (en|zh): (.+)$/

/**
 * Reads a lesson: lines of text (`say en: …`, which begin a scene where they follow what is done) and of statements.
 *
 * @throws SandboxError LESSON_SYNTAX with the line in its details
 */
export function parseLesson(lessonId: string, source: string): Lesson {
  const texts: Record<'title' | 'about', Record<Language, string[]>> = {
    title: { en: [], zh: [] },
    about: { en: [], zh: [] },
  }
  const scenes: OpenScene[] = []
  for (const [position, raw] of source.split('\n').entries()) {
    const line = position + 1
    const content = raw.trim()
    if (content === '' || content.startsWith('#')) continue
    const [, part, language, text] = textLine.exec(content) ?? []
    if (part !== undefined && language !== undefined && text !== undefined) {
      addText(part as Part, language as Language, text, line)
      continue
    }
    const scene = scenes.at(-1)
    if (scene === undefined) throw syntaxError(lessonId, line, 'something is said first: say en: …, say zh: …')
    const statement = { line, words: wordsOf(lessonId, line, content) }
    const problem = checkStatement(statement)
    if (problem !== undefined) throw syntaxError(lessonId, line, problem)
    scene.statements.push(statement)
  }
  if (scenes.length === 0) throw syntaxError(lessonId, 1, 'a lesson says something')
  return {
    lessonId,
    title: both(texts.title, 1, 'title'),
    about: both(texts.about, 1, 'about'),
    scenes: scenes.map(({ line, said, statements }): LessonScene => ({ say: both(said, line, 'say'), statements })),
  }

  function addText(part: Part, language: Language, text: string, line: number): void {
    if (part !== 'say') {
      texts[part][language].push(text)
      return
    }
    let scene = scenes.at(-1)
    if (scene === undefined || scene.statements.length > 0 || isWholeAndBegun(scene, language)) {
      scene = { line, said: { en: [], zh: [] }, statements: [] }
      scenes.push(scene)
    }
    scene.said[language].push(text)
  }

  function both({ en, zh }: Record<Language, string[]>, line: number, part: Part): LessonText {
    if (en.length === 0 || zh.length === 0) {
      throw syntaxError(lessonId, line, `"${part}" is there in both languages: ${part} en: …, ${part} zh: …`)
    }
    return { en: en.join(' '), zh: zh.join('') }
  }
}

/** English begins a scene: one that has said all and does nothing is over when English is said again. */
const isWholeAndBegun = ({ said }: OpenScene, language: Language) => language === 'en' && said.zh.length > 0

const word = /"([^"]*)"|(\S+)/g

function wordsOf(lessonId: string, line: number, content: string): readonly string[] {
  if ((content.match(/"/g) ?? []).length % 2 !== 0)
    throw syntaxError(lessonId, line, 'each quotation mark has its partner')
  return [...content.matchAll(word)].map(([, quoted, plain]) => quoted ?? plain ?? '')
}

export function syntaxError(lessonId: string, line: number, expected: string): SandboxError {
  const message = `The lesson ${lessonId} cannot be read at line ${String(line)}: ${expected}.`
  return new SandboxError('LESSON_SYNTAX', message, { details: { lessonId, line } })
}
