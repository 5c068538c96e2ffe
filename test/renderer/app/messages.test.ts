import { describe, expect, it } from 'vitest'
import { createTranslator, messages, resolveLanguage } from '../../../src-renderer/app/i18n/i18n'

/** Every text under its key, such as `shell.theme`. */
function texts(node: object, path = ''): Map<string, string> {
  const found = new Map<string, string>()
  for (const [key, value] of Object.entries(node)) {
    const name = path === '' ? key : `${path}.${key}`
    if (typeof value === 'string') found.set(name, value)
    else for (const [below, text] of texts(value as object, name)) found.set(below, text)
  }
  return found
}
const parametersOf = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort()

/** Names that engineers say in English in every language (docs/add-a-screen.md). */
const names =
  /^(RocksDB|LevelDB|Memory|Region|Raft|Leader|Follower|Learner|Store|Coordinator|Schema|WAL|memtable|SST|ID|JSON|Hex|UTF-8|MVCC|TTL|Protobuf|DingoDB)$/

/** Whether there is nothing to translate: names, numbers, units, parameters and signs. */
function isMadeOfNames(text: string): boolean {
  const words = text.replace(/\{\w+\}/g, ' ').split(/[^\p{L}\p{N}-]+/u)
  return words.every((word) => word === '' || names.test(word) || /^[0-9]+$|^(ms|s|KiB|MiB|GiB|B)$/.test(word))
}

const english = texts(messages.en)
const chinese = texts(messages['zh-CN'])

describe('the texts of the screens', () => {
  it('are there in both languages, under the same keys', () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort())
    expect(english.size).toBeGreaterThan(50)
  })

  it.each([...english.keys()])(
    '%s: same parameters, nothing empty, nothing that the format would stumble over',
    (key) => {
      const [en = '', zh = ''] = [english.get(key), chinese.get(key)]
      expect(parametersOf(zh)).toEqual(parametersOf(en))
      for (const text of [en, zh]) {
        expect(text.trim()).toBe(text)
        expect(text).not.toBe('')
        // vue-i18n takes | for plurals and @ for links.
        expect(text).not.toMatch(/[|@]/)
      }
    },
  )

  it('are translated, but for names', () => {
    const same = [...english].filter(([key, text]) => chinese.get(key) === text)
    const untranslated = same.filter(([, text]) => !isMadeOfNames(text))
    expect(untranslated).toEqual([])
  })

  it('are formatted', () => {
    const { t, locale } = createTranslator('en').global
    expect(t('welcome.enginesLoaded', { loaded: 2, all: 3 })).toBe('2 of 3 loaded')
    locale.value = 'zh-CN'
    expect(t('welcome.enginesLoaded', { loaded: 2, all: 3 })).toBe('已加载 2 / 3')
  })
})

describe('the language of the screens', () => {
  it('is the one chosen, else the first that the reader likes and there is, else English', () => {
    expect(resolveLanguage('zh-CN', ['en'])).toBe('zh-CN')
    expect(resolveLanguage('en', ['zh-CN'])).toBe('en')
    expect(resolveLanguage('system', ['de', 'zh-Hans-CN', 'en'])).toBe('zh-CN')
    expect(resolveLanguage('system', ['de', 'en-GB', 'zh'])).toBe('en')
    expect(resolveLanguage('system', ['de'])).toBe('en')
    expect(resolveLanguage('system', [])).toBe('en')
  })
})
