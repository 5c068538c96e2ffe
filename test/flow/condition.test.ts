import { describe, expect, it } from 'vitest'
import type { StageFacts } from '../../src-main/flow/condition'
import { conditionProblem, parseCondition } from '../../src-main/flow/condition'
import { SandboxError } from '../../src-main/base/sandbox-error'

const facts: StageFacts = {
  stage: 'log.append',
  node: 'store-2',
  region: 80001,
  operation: 'KvPut',
  key: 'user-42',
  index: 11,
  term: 3,
  message: undefined,
  peer: undefined,
}
const holds = (condition: string) => parseCondition(condition)(facts)

describe('a condition', () => {
  it.each([
    ['', true],
    ['  ', true],
    ['index > 10', true],
    ['index > 11', false],
    ['index >= 11', true],
    ['index <= 10', false],
    ['index < 12', true],
    ['index != 11', false],
    ["node == 'store-2'", true],
    ['node == "store-2"', true],
    ["node != 'store-2'", false],
    ["key startsWith 'user-'", true],
    ["key startsWith 'order'", false],
    ["index > 10 && node == 'store-1'", false],
    ["index > 10 && node == 'store-2'", true],
    ["index > 99 || term == 3 && node == 'store-2'", true],
    ["(index > 99 || term == 3) && node == 'store-1'", false],
    ['!(index > 10)', false],
    ['!index > 99', true],
  ])('%s: %s', (condition, expected) => {
    expect(holds(condition)).toBe(expected)
  })

  it('about what a stage does not have is false, whichever way it is asked', () => {
    expect(holds("message == 'MsgApp'")).toBe(false)
    expect(holds("message != 'MsgApp'")).toBe(false)
    expect(holds("!(message == 'MsgApp')")).toBe(true)
  })

  it('that compares a number with a text is false', () => {
    expect(holds("index == '11'")).toBe(false)
    expect(holds('node == 2')).toBe(false)
  })

  it.each([
    ['index >', 7],
    ['index', 5],
    ['index > 10 &&', 13],
    ['> 10', 0],
    ['colour == 3', 0],
    ['index > 10 index', 11],
    ['(index > 10', 11],
    ['index = 10', 6],
    ['index > 10 ; drop', 11],
    ['key startsWith 3', 15],
    ["node == 'store", 8],
  ])('%s is refused with the place', (condition, at) => {
    let thrown: unknown
    try {
      parseCondition(condition)
    } catch (error) {
      thrown = error
    }
    expect(SandboxError.is(thrown, 'FLOW_CONDITION')).toBe(true)
    expect((thrown as SandboxError).details).toMatchObject({ at, source: condition })
  })

  it('while it is typed is told by a code and a place, and as nothing when it can be read', () => {
    expect(conditionProblem('index > 10 && noode == 1')).toEqual({ at: 14, expected: 'name' })
    expect(conditionProblem('(index > 10')).toEqual({ at: 11, expected: 'parenthesis' })
    expect(conditionProblem('index > 10')).toBeUndefined()
    expect(conditionProblem('')).toBeUndefined()
  })
})
