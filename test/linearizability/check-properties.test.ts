import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkHistory } from '../../src-main/linearizability/check'
import { illegal, unknownOutput } from '../../src-main/linearizability/model'
import type { Model } from '../../src-main/linearizability/model'
import { appendMapModel } from '../../src-main/linearizability/models/append-map'
import type { AppendMapInput, AppendMapOutput } from '../../src-main/linearizability/models/append-map'
import { keyValueModel } from '../../src-main/linearizability/models/key-value'
import type { KeyValueInput, KeyValueOutput } from '../../src-main/linearizability/models/key-value'
import { registerModel } from '../../src-main/linearizability/models/register'
import type { RegisterInput, RegisterOutput } from '../../src-main/linearizability/models/register'
import type { Operation } from '../../src-main/linearizability/operation'
import { isExplained, isLinearizableByDefinition, keepsToRealTime } from './brute-force'

/** A model with requests and answers to draw from: few values, so that they collide. */
interface Subject<State, Input, Output> {
  readonly model: Model<State, Input, Output>
  readonly input: fc.Arbitrary<Input>
  readonly outputs: readonly Output[]
}

const small = fc.integer({ min: 1, max: 2 })
const text = fc.constantFrom('a', 'b')
const nullableText = fc.constantFrom('a', 'b', null)

const register: Subject<number | null, RegisterInput, RegisterOutput> = {
  model: registerModel,
  input: fc.oneof(
    fc.constant({ kind: 'read' } as const),
    fc.record({ kind: fc.constant('write' as const), value: small }),
    fc.record({ kind: fc.constant('compare-and-set' as const), expected: small, replacement: small }),
  ),
  outputs: [null, 1, 2, true, false],
}

const keyValue = (keys: readonly string[]): Subject<string | null, KeyValueInput, KeyValueOutput> => {
  const key = fc.constantFrom(...keys)
  return {
    model: keyValueModel,
    input: fc.oneof(
      fc.record({ kind: fc.constant('get' as const), key }),
      fc.record({ kind: fc.constant('put' as const), key, value: text }),
      fc.record({ kind: fc.constant('delete' as const), key }),
      fc.record({
        ...{ kind: fc.constant('compare-and-set' as const), key },
        ...{ expected: nullableText, replacement: nullableText },
      }),
    ),
    outputs: [null, 'a', 'b', true, false],
  }
}

const appendMap: Subject<string, AppendMapInput, AppendMapOutput> = {
  model: appendMapModel,
  input: fc.oneof(
    fc.record({ kind: fc.constant('get' as const), key: fc.constant('k') }),
    fc.record({ kind: fc.constantFrom('put' as const, 'append' as const), key: fc.constant('k'), value: text }),
  ),
  outputs: ['', 'a', 'b', 'ab', 'ba', true],
}

/** The answer that the model accepts in a state; every request of these models has exactly one. */
function rightOutput<State, Input, Output>(subject: Subject<State, Input, Output>, state: State, input: Input): Output {
  const described = new Set([...subject.outputs, ...(typeof state === 'string' ? [state as unknown as Output] : [])])
  const right = [...described].find((output) => subject.model.step(state, input, output) !== illegal)
  if (right === undefined) throw new Error('The subject lists no answer that is right.')
  return right
}

/**
 * A history from a real sequential execution: operation i takes effect at moment i and its call and return lie around it.
 * Some clients do not learn the outcome; of those operations some never take effect.
 */
function realHistory<State, Input, Output>(
  subject: Subject<State, Input, Output>,
  maxLength: number,
): fc.Arbitrary<Array<Operation<Input, Output>>> {
  const span = fc.double({ min: 0, max: 4, noNaN: true })
  const fate = fc.constantFrom('answered', 'answered', 'answered', 'lost after its effect', 'lost before its effect')
  const drawn = fc.record({ input: subject.input, before: span, after: span, fate })
  return fc.array(drawn, { maxLength, size: 'max' }).map((steps) => {
    const states = new Map<string, State>()
    return steps.map(({ input, before, after, fate }, moment): Operation<Input, Output> => {
      const part = subject.model.partitionOf?.(input) ?? ''
      const state = states.get(part) ?? subject.model.init()
      const base = { client: String(moment), input, calledAt: moment - before }
      if (fate !== 'lost before its effect') {
        const next = subject.model.step(state, input, unknownOutput)
        if (next !== illegal) states.set(part, next)
      }
      if (fate !== 'answered') return { ...base, outcome: 'unknown' }
      return { ...base, outcome: 'known', output: rightOutput(subject, state, input), returnedAt: moment + after }
    })
  })
}

/** The same with some answers replaced by others, right ones or wrong ones. */
function mutatedHistory<State, Input, Output>(
  subject: Subject<State, Input, Output>,
  maxLength: number,
): fc.Arbitrary<Array<Operation<Input, Output>>> {
  const mutation = fc.option(fc.constantFrom(...subject.outputs), { freq: 2, nil: undefined })
  const mutations = fc.array(mutation, { minLength: maxLength, maxLength })
  return fc.tuple(realHistory(subject, maxLength), mutations).map(([operations, outputs]) =>
    operations.map((operation, index) => {
      const output = outputs[index]
      return operation.outcome === 'unknown' || output === undefined ? operation : { ...operation, output }
    }),
  )
}

function expectSound<State, Input, Output>(
  model: Model<State, Input, Output>,
  linearization: ReadonlyArray<Operation<Input, Output>>,
  mustHold: ReadonlyArray<Operation<Input, Output>>,
) {
  expect(new Set(linearization).size).toBe(linearization.length)
  expect(keepsToRealTime(linearization)).toBe(true)
  expect(isExplained(model, linearization)).toBe(true)
  expect(linearization).toEqual(expect.arrayContaining([...mustHold]))
}

function acceptsReal<State, Input, Output>(subject: Subject<State, Input, Output>) {
  fc.assert(
    fc.property(realHistory(subject, 200), (operations) => {
      const { verdict, partitions } = checkHistory(subject.model, operations)
      expect(verdict).toBe('linearizable')
      expect(partitions.flatMap((each) => each.operations).length).toBe(operations.length)
      for (const { linearization, operations: members } of partitions) {
        const completed = members.filter(({ outcome }) => outcome === 'known')
        expectSound(subject.model, linearization, completed)
      }
    }),
    { numRuns: 200 },
  )
}

function agreesWithDefinition<State, Input, Output>(subject: Subject<State, Input, Output>) {
  const seen = new Set<string>()
  fc.assert(
    fc.property(mutatedHistory(subject, 7), (operations) => {
      const { verdict, partitions } = checkHistory(subject.model, operations)
      expect(verdict === 'linearizable').toBe(isLinearizableByDefinition(subject.model, operations))
      seen.add(verdict)
      const [result] = partitions
      if (result?.verdict !== 'not-linearizable') return
      // The operation that is blamed is the first whose return no order of what was called before it explains.
      const { blocked, linearization } = result
      if (blocked.outcome === 'unknown') throw new Error('An open operation has no return that could be blamed.')
      const calledBefore = operations.filter(({ calledAt }) => calledAt <= blocked.returnedAt)
      const returnsBy = (operation: Operation<Input, Output>) =>
        operation.outcome === 'known' && operation.returnedAt <= blocked.returnedAt
      const returnsBefore = (operation: Operation<Input, Output>) =>
        operation.outcome === 'known' && operation.returnedAt < blocked.returnedAt
      expect(isLinearizableByDefinition(subject.model, calledBefore, returnsBy)).toBe(false)
      expect(isLinearizableByDefinition(subject.model, calledBefore, returnsBefore)).toBe(true)
      expectSound(subject.model, linearization, operations.filter(returnsBefore))
      expect(linearization).not.toContain(blocked)
    }),
    { numRuns: 3000 },
  )
  expect([...seen].sort()).toEqual(['linearizable', 'not-linearizable'])
}

test('what a register really did is linearizable', () => {
  acceptsReal(register)
})

test('what a key-value store really did is linearizable', () => {
  acceptsReal(keyValue(['x', 'y', 'z']))
})

test('verdict and blame agree with the definition: register', () => {
  agreesWithDefinition(register)
})

test('verdict and blame agree with the definition: key-value store', () => {
  agreesWithDefinition(keyValue(['x']))
})

test('verdict and blame agree with the definition: appended strings', () => {
  agreesWithDefinition(appendMap)
})

test('a poor hash costs time and never the right verdict', () => {
  agreesWithDefinition({ ...register, model: { ...registerModel, hash: () => 0 } })
})

test('a model that does not tell its readers gets the right verdict', () => {
  const model = { ...registerModel }
  delete model.readsOnly
  agreesWithDefinition({ ...register, model })
})
