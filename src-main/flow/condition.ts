import { SandboxError } from '../base/sandbox-error'

/** What a condition may ask about a stage. A name that does not apply to the stage is undefined. */
export interface StageFacts {
  readonly stage: string
  /** `store-2`. */
  readonly node: string
  readonly region: number | undefined
  readonly operation: string | undefined
  /** The key's bytes as Latin-1, so that every byte is one character. */
  readonly key: string | undefined
  readonly index: number | undefined
  readonly term: number | undefined
  /** `MsgApp`. */
  readonly message: string | undefined
  /** The node at the other end of a message. */
  readonly peer: string | undefined
}

/** Judges a stage. */
export type Condition = (facts: StageFacts) => boolean

const factNames = ['stage', 'node', 'region', 'operation', 'key', 'index', 'term', 'message', 'peer'] as const
type FactName = (typeof factNames)[number]
const comparisons = ['==', '!=', '<=', '>=', '<', '>', 'startsWith'] as const
type Comparison = (typeof comparisons)[number]

interface Token {
  readonly kind: 'name' | 'number' | 'text' | 'sign' | 'end'
  readonly text: string
  /** Offset in the source, 0.. */
  readonly at: number
}

/**
 * Reads a condition: comparisons of facts with numbers and quoted texts, joined by `&&`, `||`, `!` and parentheses, for
 * instance `index > 10 && node == 'store-2'` or `key startsWith 'user'`. A comparison with a fact that a stage does not
 * have is false, also for `!=`. An empty text is always true.
 *
 * @throws SandboxError FLOW_CONDITION with `details.at`, the offset of what cannot be read
 */
export function parseCondition(source: string): Condition {
  if (source.trim() === '') return () => true
  const parser = new ConditionParser(source)
  return parser.parse()
}

class ConditionParser {
  readonly #source: string
  readonly #tokens: readonly Token[]
  #next = 0

  constructor(source: string) {
    this.#source = source
    this.#tokens = tokensOf(source)
  }

  parse(): Condition {
    const condition = this.#either()
    this.#expect('end', '', 'what follows')
    return condition
  }

  #either(): Condition {
    let left = this.#both()
    while (this.#takes('sign', '||')) {
      const [one, other] = [left, this.#both()]
      left = (facts) => one(facts) || other(facts)
    }
    return left
  }

  #both(): Condition {
    let left = this.#single()
    while (this.#takes('sign', '&&')) {
      const [one, other] = [left, this.#single()]
      left = (facts) => one(facts) && other(facts)
    }
    return left
  }

  #single(): Condition {
    if (this.#takes('sign', '!')) {
      const negated = this.#single()
      return (facts) => !negated(facts)
    }
    if (this.#takes('sign', '(')) {
      const inner = this.#either()
      this.#expect('sign', ')', 'the parenthesis')
      return inner
    }
    return this.#comparison()
  }

  #comparison(): Condition {
    const nameToken = this.#peek()
    const name = factNames.find((known) => nameToken.kind === 'name' && known === nameToken.text)
    if (name === undefined) {
      throw conditionError(this.#source, nameToken, 'name', `a name is expected there: one of ${factNames.join(', ')}`)
    }
    this.#next += 1
    const signToken = this.#peek()
    const comparison = comparisons.find((known) => known === signToken.text)
    if (comparison === undefined || signToken.kind === 'text') {
      const problem = `a comparison is expected there: one of ${comparisons.join(' ')}`
      throw conditionError(this.#source, signToken, 'comparison', problem)
    }
    this.#next += 1
    const valueToken = this.#peek()
    if (valueToken.kind !== 'number' && valueToken.kind !== 'text') {
      throw conditionError(this.#source, valueToken, 'value', "a number or a text in '…' is expected there")
    }
    this.#next += 1
    const value = valueToken.kind === 'number' ? Number(valueToken.text) : valueToken.text
    if (comparison === 'startsWith' && typeof value !== 'string') {
      throw conditionError(this.#source, valueToken, 'text', "startsWith takes a text in '…'")
    }
    return compare(name, comparison, value)
  }

  #peek(): Token {
    // The last token is the end, and nothing goes past it.
    return this.#tokens[this.#next] as Token
  }

  #takes(kind: Token['kind'], text: string): boolean {
    const token = this.#peek()
    if (token.kind !== kind || token.text !== text) return false
    this.#next += 1
    return true
  }

  #expect(kind: Token['kind'], text: string, what: string): void {
    if (this.#takes(kind, text)) return
    const found = this.#peek()
    if (kind === 'end') throw conditionError(this.#source, found, 'end', `${what} cannot be read`)
    throw conditionError(this.#source, found, 'parenthesis', `${what} is not closed`)
  }
}

function compare(name: FactName, comparison: Comparison, value: string | number): Condition {
  return (facts) => {
    const fact = facts[name]
    if (fact === undefined || typeof fact !== typeof value) return false
    switch (comparison) {
      case '==':
        return fact === value
      case '!=':
        return fact !== value
      case '<':
        return fact < value
      case '<=':
        return fact <= value
      case '>':
        return fact > value
      case '>=':
        return fact >= value
      case 'startsWith':
        return String(fact).startsWith(String(value))
    }
  }
}

const tokenPattern =
  /\s*(?:(?<name>[A-Za-z]+)|(?<number>\d+(?:\.\d+)?)|'(?<single>[^']*)'|"(?<double>[^"]*)"|(?<sign>&&|\|\||==|!=|<=|>=|[<>!()]))/y

function tokensOf(source: string): readonly Token[] {
  const tokens: Token[] = []
  let at = 0
  while (source.slice(at).trim() !== '') {
    tokenPattern.lastIndex = at
    const groups = tokenPattern.exec(source)?.groups
    const start = at + (/^\s*/.exec(source.slice(at))?.[0].length ?? 0)
    if (groups === undefined) {
      const found: Token = { kind: 'sign', text: source.charAt(start), at: start }
      throw conditionError(source, found, 'sign', 'this cannot be read')
    }
    const { name, number, single, double, sign } = groups
    if (name !== undefined) tokens.push({ kind: 'name', text: name, at: start })
    else if (number !== undefined) tokens.push({ kind: 'number', text: number, at: start })
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign, at: start })
    else tokens.push({ kind: 'text', text: single ?? double ?? '', at: start })
    at = tokenPattern.lastIndex
  }
  tokens.push({ kind: 'end', text: '', at: source.length })
  return tokens
}

/** What a condition would need at the place where it cannot be read. */
export type ExpectedInCondition = 'name' | 'comparison' | 'value' | 'text' | 'parenthesis' | 'sign' | 'end'

/** Where a condition cannot be read: plain data. */
export interface ConditionProblem {
  /** Offset in the text, 0.. */
  readonly at: number
  readonly expected: ExpectedInCondition
}

/** What is wrong with a condition that is being typed; undefined if it can be read. */
export function conditionProblem(source: string): ConditionProblem | undefined {
  try {
    parseCondition(source)
    return undefined
  } catch (error) {
    if (!(error instanceof ConditionError)) throw error
    return { at: error.at, expected: error.expected }
  }
}

class ConditionError extends SandboxError {
  readonly at: number
  readonly expected: ExpectedInCondition

  constructor(source: string, at: number, expected: ExpectedInCondition, place: string, problem: string) {
    super('FLOW_CONDITION', `The condition \`${source}\` cannot be read ${place}: ${problem}.`, {
      details: { source, at, expected, problem },
    })
    this.at = at
    this.expected = expected
  }
}

function conditionError(
  source: string,
  { kind, text, at }: Token,
  expected: ExpectedInCondition,
  problem: string,
): SandboxError {
  const place = kind === 'end' ? 'at its end' : `at "${text}" (character ${String(at + 1)})`
  return new ConditionError(source, at, expected, place, problem)
}
