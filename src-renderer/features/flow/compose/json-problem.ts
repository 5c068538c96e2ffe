/** What is wrong with a text that should be JSON, and where. */
export interface JsonProblem {
  readonly code: 'value' | 'name' | 'colon' | 'comma' | 'text-end' | 'number' | 'end'
  /** Offset in the text. */
  readonly at: number
  /** From 1. */
  readonly line: number
  readonly column: number
}

class Stop extends Error {
  readonly code: JsonProblem['code']
  readonly at: number

  constructor(code: JsonProblem['code'], at: number) {
    super(code)
    this.code = code
    this.at = at
  }
}

const blanks = /[ \t\n\r]*/y
const literal = /true|false|null/y
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
// eslint-disable-next-line no-control-regex -- JSON allows none of them within a text
const quoted = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y

/**
 * The first place at which a text is no JSON; undefined if it is. Browsers say in their errors that something is wrong, but
 * not all of them where.
 */
export function jsonProblem(text: string): JsonProblem | undefined {
  let at = 0
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    const found = pattern.exec(text)
    if (found === null) return false
    at = pattern.lastIndex
    return true
  }
  const sign = (wanted: string): boolean => {
    take(blanks)
    if (text[at] !== wanted) return false
    at += 1
    return true
  }
  const members = (end: string, member: () => void): void => {
    if (sign(end)) return
    do member()
    while (sign(','))
    if (!sign(end)) throw new Stop('comma', at)
  }
  const word = (code: JsonProblem['code']): void => {
    take(blanks)
    const start = at
    if (take(quoted)) return
    throw new Stop(text[start] === '"' ? 'text-end' : code, start)
  }
  const value = (): void => {
    take(blanks)
    if (text[at] === '"') return word('value')
    if (sign('{')) {
      members('}', () => {
        word('name')
        if (!sign(':')) throw new Stop('colon', at)
        value()
      })
    } else if (sign('[')) members(']', value)
    else if (!take(literal) && !take(number)) throw new Stop(/[-\d]/.test(text[at] ?? '') ? 'number' : 'value', at)
  }
  try {
    value()
    take(blanks)
    if (at < text.length) throw new Stop('end', at)
    return undefined
  } catch (stop) {
    if (!(stop instanceof Stop)) throw stop
    const before = text.slice(0, stop.at).split('\n')
    return { code: stop.code, at: stop.at, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
  }
}
