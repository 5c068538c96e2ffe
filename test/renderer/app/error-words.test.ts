import { describe, expect, it } from 'vitest'
import { errorWords, isLesson } from '../../../src-renderer/app/error-words'
import { createTranslator } from '../../../src-renderer/app/i18n/i18n'
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
    expect(errorWords(t, error('RAFT_SNAPSHOT_VERSION'), true)).toMatchObject({
      what: 'The host could not do this',
      why: 'The host’s sentence.',
    })
  })
})
