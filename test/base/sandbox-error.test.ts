import { describe, expect, test } from 'vitest'
import { assert } from '../../src-main/base/assert'
import { SandboxError } from '../../src-main/base/sandbox-error'
import type { SerializedSandboxError } from '../../src-main/base/sandbox-error'

describe('SandboxError', () => {
  test('carries its code, sentence, details and cause', () => {
    const cause = new Error('EIO')
    const error = new SandboxError('DISK_IO', 'Reading /a failed.', { details: { path: '/a', position: 7n }, cause })
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({ name: 'SandboxError', code: 'DISK_IO', message: 'Reading /a failed.', cause })
    expect(error.details).toEqual({ path: '/a', position: 7n })
  })

  test('is told from other errors, and by its code', () => {
    const error = new SandboxError('DISK_FULL', 'No space is left.')
    expect(SandboxError.is(error)).toBe(true)
    expect(SandboxError.is(error, 'DISK_FULL')).toBe(true)
    expect(SandboxError.is(error, 'DISK_IO')).toBe(false)
    expect(SandboxError.is(new Error('DISK_FULL'))).toBe(false)
  })

  test('wraps what is thrown elsewhere and keeps it as the cause', () => {
    const thrown = new TypeError('x is not a function')
    expect(SandboxError.from(thrown)).toMatchObject({ code: 'INTERNAL', message: 'x is not a function', cause: thrown })
    expect(SandboxError.from('a text', 'ENGINE_IO')).toMatchObject({ code: 'ENGINE_IO', message: 'a text' })
    const ours = new SandboxError('CANCELLED', 'Given up.')
    expect(SandboxError.from(ours, 'ENGINE_IO')).toBe(ours)
  })

  test('crosses a border as plain data and comes back the same', () => {
    const error = new SandboxError('ENGINE_LOCKED', 'In use.', {
      details: { holder: [1, 'two', null] },
      cause: new Error('inner'),
    })
    const data = structuredClone(error.serialize())
    expect(Object.keys(data).sort()).toEqual(['code', 'details', 'message'])
    expect(SandboxError.deserialize(data)).toMatchObject({
      code: 'ENGINE_LOCKED',
      message: 'In use.',
      details: error.details,
    })
  })

  test('a code from a newer version becomes INTERNAL and is not lost', () => {
    const data = { code: 'FROM_THE_FUTURE', message: 'What?', details: { a: 1 } } as unknown as SerializedSandboxError
    expect(SandboxError.deserialize(data)).toMatchObject({
      code: 'INTERNAL',
      details: { a: 1, unknownCode: 'FROM_THE_FUTURE' },
    })
    const inherited = { ...data, code: 'toString' } as unknown as SerializedSandboxError
    expect(SandboxError.deserialize(inherited).code).toBe('INTERNAL')
  })
})

test('a broken invariant throws with its name and facts', () => {
  assert(true, 'never thrown')
  expect(() => {
    assert(false, 'applied <= committed', { applied: 3, committed: 2 })
  }).toThrow(expect.objectContaining({ code: 'INTERNAL', details: { applied: 3, committed: 2 } }))
})
