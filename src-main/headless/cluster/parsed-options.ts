import { parseArgs } from 'node:util'
import { SandboxError } from '../../base/sandbox-error'
import { nearestName } from './nearest-name'
import type { Option } from './option'

/** The options and words of a command line, checked against what the command takes. */
export class ParsedOptions {
  /** What is not an option, in order. */
  readonly words: readonly string[]
  readonly #values: ReadonlyMap<string, readonly string[]>

  private constructor(words: readonly string[], values: ReadonlyMap<string, readonly string[]>) {
    this.words = words
    this.#values = values
  }

  /** @throws SandboxError INVALID_ARGUMENT for an option that the command does not take, naming the nearest that it does */
  static parse(args: readonly string[], options: readonly Option[]): ParsedOptions {
    const known = new Map(options.map((option) => [option.name, option]))
    const { tokens } = parseArgs({
      args: [...args],
      options: Object.fromEntries(
        options.map(({ name, kind }) => [name, { type: kind === 'flag' ? 'boolean' : 'string' } as const]),
      ),
      strict: false,
      allowPositionals: true,
      tokens: true,
    })
    const words: string[] = []
    const values = new Map<string, string[]>()
    for (const token of tokens) {
      if (token.kind === 'positional') words.push(token.value)
      if (token.kind !== 'option') continue
      const option = known.get(token.name)
      if (option === undefined) throw unknownOption(token.rawName, [...known.keys()])
      const given = values.get(option.name) ?? []
      values.set(option.name, given)
      if (given.length > 0 && option.repeatable !== true) throw refused(`--${option.name} was given twice`)
      if (option.kind === 'flag') {
        if (token.value !== undefined) throw refused(`--${option.name} takes no value`)
        given.push('')
      } else {
        if (token.value === undefined) throw refused(`--${option.name} needs a value: ${option.placeholder ?? 'TEXT'}`)
        given.push(token.value)
      }
    }
    return new ParsedOptions(words, values)
  }

  flag(name: string): boolean {
    return this.#values.has(name)
  }

  text(name: string): string | undefined {
    return this.#values.get(name)?.[0]
  }

  texts(name: string): readonly string[] {
    return this.#values.get(name) ?? []
  }

  /** One of the given texts. @throws SandboxError INVALID_ARGUMENT */
  choice<Text extends string>(name: string, choices: readonly Text[]): Text | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    const choice = choices.find((each) => each === text)
    if (choice === undefined) throw refused(`--${name} is ${either(choices)}, not "${text}"`)
    return choice
  }

  /** A whole number within bounds, both included. @throws SandboxError INVALID_ARGUMENT */
  wholeNumber(name: string, low: number, high: number): number | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    const number = Number(text)
    if (!/^\d+$/.test(text) || number < low || number > high) {
      throw refused(`--${name} is a whole number from ${String(low)} to ${String(high)}, not "${text}"`)
    }
    return number
  }

  /** The words of a command that needs exactly these. @throws SandboxError INVALID_ARGUMENT, naming what is missing or too much */
  expectWords(...names: readonly string[]): readonly string[] {
    const missing = names[this.words.length]
    if (missing !== undefined) throw refused(`${missing} is missing`)
    const surplus = this.words[names.length]
    if (surplus !== undefined) throw refused(`"${surplus}" is too much: the command takes ${names.join(' ') || 'none'}`)
    return this.words
  }
}

/** An error of the person at the command line. @param what the first half of the sentence, without a full stop */
export function refused(what: string, wayOut = 'See --help'): SandboxError {
  return new SandboxError('INVALID_ARGUMENT', `${what}. ${wayOut}.`)
}

function unknownOption(given: string, names: readonly string[]): SandboxError {
  const nearest = nearestName(given.replace(/^-+/, ''), names)
  return refused(
    `There is no option ${given}`,
    nearest === undefined ? 'See --help' : `Is --${nearest} meant? See --help`,
  )
}

const either = (choices: readonly string[]): string =>
  choices.length < 2 ? choices.join('') : `${choices.slice(0, -1).join(', ')} or ${choices.at(-1) ?? ''}`
