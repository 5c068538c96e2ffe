import { describe, expect, it } from 'vitest'
import { errorWords, isLesson } from '../../../src-renderer/app/error-words'
import type { UnwordedCode } from '../../../src-renderer/app/error-words'
import { createTranslator } from '../../../src-renderer/app/i18n/i18n'
import { errorCodes } from '../../../src-main/base/error-codes'
import type { ErrorCode } from '../../../src-main/base/error-codes'

// A page's own `t` knows one language's shape, a translator's those of all.
const t = createTranslator('en').global.t as unknown as Parameters<typeof errorWords>[0]
const error = (code: ErrorCode, details = {}) => ({ code, message: 'The host’s sentence.', details })

describe('the words of an error', () => {
  it('say what, where, why in this case, and what next', () => {
    expect(errorWords(t, error('DISK_LOCKED', { directory: '/w' }), true)).toEqual({
      what: 'The folder is in use',
      where: 'The host of this page · /w',
      why: 'The host’s sentence.',
      next: 'Close the program that holds it, then try again.',
    })
  })

  it('of DingoDB explain how its protocol works where that is what happened', () => {
    const notLeader = error('DINGODB_ERROR', { errno: 50002, name: 'ERAFT_NOTLEADER' })
    expect(isLesson(notLeader)).toBe(true)
    expect(errorWords(t, notLeader, true)).toMatchObject({
      what: 'Another replica leads this Region',
      next: 'Nothing is broken: ask the leader. A client does so by itself.',
    })
    const other = error('DINGODB_ERROR', { errno: 1, name: 'EINTERNAL' })
    expect(isLesson(other)).toBe(false)
    expect(errorWords(t, other, true).why).toBe('The host’s sentence.')
  })

  it('that nobody has words for are the host’s own', () => {
    expect(errorWords(t, error('RAFT_LOG_CLOSED'), true)).toMatchObject({
      what: 'The host could not do this',
      why: 'The host’s sentence.',
    })
  })

  it('are there for every code that a screen can meet, in both languages', () => {
    const unworded: Readonly<Record<UnwordedCode, true>> = {
      DISK_CLOSED: true,
      NETWORK_CLOSED: true,
      NETWORK_MESSAGE_TOO_LARGE: true,
      ENGINE_CLOSED: true,
      ENGINE_UNKNOWN_COLUMN_FAMILY: true,
      ENGINE_INVALID_RANGE: true,
      ENGINE_HANDLE_CLOSED: true,
      RAFT_LOG_OUT_OF_RANGE: true,
      RAFT_LOG_CLOSED: true,
      RAFT_NODE_EXISTS: true,
      RUNTIME_NOT_AVAILABLE: true,
    }
    for (const language of ['en', 'zh-CN'] as const) {
      const translate = createTranslator(language).global.t as unknown as typeof t
      const generic = errorWords(translate, error('RAFT_LOG_CLOSED'), true)
      const withoutWords = (Object.keys(errorCodes) as ErrorCode[]).filter((code) => {
        const { what, next } = errorWords(translate, error(code), true)
        // A text that is missing is shown by its key.
        return what === generic.what || next === generic.next || /^error\./.test(what) || /^error\./.test(next)
      })
      expect(withoutWords.sort()).toEqual(Object.keys(unworded).sort())
    }
  })
})
