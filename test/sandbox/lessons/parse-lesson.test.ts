import { describe, expect, it } from 'vitest'
import { parseLesson } from '../../../src-main/sandbox/lessons/parse-lesson'

const head = `title en: A title
title zh: 标题
about en: About it
about zh: 关于它
`

describe('the file of a lesson', () => {
  it('is texts in both languages, and scenes: what is said, and what is done then', () => {
    const lesson = parseLesson(
      'some',
      `${head}
# A comment
say en: First,
say en: in two lines.
say zh: 先，
say zh: 两行。
table demo
step put demo/key "two words" epoch=1/99

say en: Nothing is done here.
say zh: 这里什么也不做。
say en: Last
say zh: 最后
expect outcome done
`,
    )
    expect(lesson).toMatchObject({ lessonId: 'some', title: { en: 'A title', zh: '标题' } })
    expect(lesson.scenes).toEqual([
      {
        say: { en: 'First, in two lines.', zh: '先，两行。' },
        statements: [
          { line: 11, words: ['table', 'demo'] },
          { line: 12, words: ['step', 'put', 'demo/key', 'two words', 'epoch=1/99'] },
        ],
      },
      { say: { en: 'Nothing is done here.', zh: '这里什么也不做。' }, statements: [] },
      { say: { en: 'Last', zh: '最后' }, statements: [{ line: 18, words: ['expect', 'outcome', 'done'] }] },
    ])
  })

  it.each([
    ['a command that there is not', 'say en: a\nsay zh: 一\nstep delete demo/a', 7, 'is none of'],
    ['a stage that there is not', 'say en: a\nsay zh: 一\nwalk to log.sink', 7, '"log.sink" is no stage'],
    ['a key without a table', 'say en: a\nsay zh: 一\nput key value', 7, 'is no key'],
    ['an epoch that is none', 'say en: a\nsay zh: 一\nstep get demo/a epoch=1', 7, 'is no epoch'],
    ['too many words', 'say en: a\nsay zh: 一\nover there', 7, 'is none of'],
    ['an open quotation', 'say en: a\nsay zh: 一\nput demo/a "b', 7, 'quotation mark'],
    ['one language only', 'say en: a\nover', 5, '"say" is there in both languages'],
    ['something done before anything is said', 'over', 5, 'something is said first'],
    ['nothing at all', '', 1, 'a lesson says something'],
  ])('is refused with its line: %s', (_what, rest, line, sentence) => {
    expect(() => parseLesson('some', head + rest)).toThrow(
      expect.objectContaining({
        code: 'LESSON_SYNTAX',
        message: expect.stringContaining(sentence) as string,
        details: { lessonId: 'some', line },
      }) as Error,
    )
  })
})
