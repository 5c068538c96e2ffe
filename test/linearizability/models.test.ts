import { describe, expect, test } from 'vitest'
import { illegal, unknownOutput } from '../../src-main/linearizability/model'
import { appendMapModel } from '../../src-main/linearizability/models/append-map'
import { keyValueModel } from '../../src-main/linearizability/models/key-value'
import { registerModel } from '../../src-main/linearizability/models/register'

describe('the register', () => {
  test('gives one answer to each request', () => {
    const swap = { kind: 'compare-and-set', expected: 1, replacement: 2 } as const
    expect(registerModel.step(1, { kind: 'read' }, 1)).toBe(1)
    expect(registerModel.step(1, { kind: 'read' }, null)).toBe(illegal)
    expect(registerModel.step(1, { kind: 'write', value: 3 }, true)).toBe(3)
    expect(registerModel.step(1, swap, true)).toBe(2)
    expect(registerModel.step(1, swap, false)).toBe(illegal)
    expect(registerModel.step(3, swap, false)).toBe(3)
    expect(registerModel.step(null, swap, true)).toBe(illegal)
    expect(registerModel.step(3, swap, unknownOutput)).toBe(3)
  })
})

describe('the key-value store', () => {
  const put = { kind: 'put', key: 'k', value: 'v' } as const
  const putIfAbsent = { kind: 'compare-and-set', key: 'k', expected: null, replacement: 'v' } as const

  test('gives one answer to each request', () => {
    expect(keyValueModel.step(null, { kind: 'get', key: 'k' }, null)).toBe(null)
    expect(keyValueModel.step('v', { kind: 'get', key: 'k' }, null)).toBe(illegal)
    expect(keyValueModel.step(null, put, true)).toBe('v')
    expect(keyValueModel.step('v', { kind: 'delete', key: 'k' }, true)).toBe(null)
    expect(keyValueModel.step(null, putIfAbsent, true)).toBe('v')
    expect(keyValueModel.step('w', putIfAbsent, false)).toBe('w')
    expect(keyValueModel.step('w', putIfAbsent, true)).toBe(illegal)
    expect(keyValueModel.step('', putIfAbsent, unknownOutput)).toBe('')
  })

  test('tells itself to people', () => {
    expect(keyValueModel.describeState(null)).toBe('nothing')
    expect(keyValueModel.describeOperation({ kind: 'get', key: 'k' }, null)).toBe('get("k") → nothing')
    expect(keyValueModel.describeOperation(put, unknownOutput)).toBe('put("k", "v") → unknown')
    expect(keyValueModel.describeOperation(putIfAbsent, false)).toBe('compareAndSet("k", nothing, "v") → not equal')
  })
})

describe('the map of appended strings', () => {
  test('gives one answer to each request', () => {
    expect(appendMapModel.step('', { kind: 'get', key: 'k' }, '')).toBe('')
    expect(appendMapModel.step('a', { kind: 'append', key: 'k', value: 'b' }, true)).toBe('ab')
    expect(appendMapModel.step('a', { kind: 'put', key: 'k', value: 'b' }, unknownOutput)).toBe('b')
    expect(appendMapModel.step('ab', { kind: 'get', key: 'k' }, 'ba')).toBe(illegal)
  })
})
