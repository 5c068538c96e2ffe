/**
 * The text format of transcripts: a directive line, input lines, a line `----`, and the exact output expected, up to a
 * blank line. Where the output itself has blank lines it is fenced by doubled `----` lines.
 */

/** One argument of a directive: `key`, `key=value` or `key=(value, value)`. */
export interface TranscriptArgument {
  readonly key: string
  /** Empty for a bare key. */
  readonly values: readonly string[]
}

/** One command with what it is expected to answer. */
export interface TranscriptCase {
  /** The line of the directive, from 1. */
  readonly line: number
  readonly command: string
  readonly args: readonly TranscriptArgument[]
  /** The text between directive and separator, trimmed. */
  readonly input: string
  /** The expected output, every line ended by a line break. */
  readonly expected: string
}

/** The transcript is not in the format. */
export class TranscriptSyntaxError extends Error {
  override readonly name = 'TranscriptSyntaxError'
}

const SEPARATOR = '----'

/**
 * Reads a transcript.
 *
 * @throws TranscriptSyntaxError naming the line
 */
export function parseTranscript(text: string): readonly TranscriptCase[] {
  const reader = new LineReader(text)
  const cases: TranscriptCase[] = []
  for (let line = reader.next(); line !== undefined; line = reader.next()) {
    const start = reader.line
    let directive = line.trim()
    if (directive.startsWith('#')) continue
    while (directive.endsWith('\\')) {
      const continuation = reader.next()
      if (continuation === undefined) break
      directive = `${directive.slice(0, -1)} ${continuation.trim()}`
    }
    if (directive.trim() === '') continue
    const { command, args } = parseDirective(directive, start)
    // A heading for the cases that follow: it has neither input nor output.
    if (command === 'subtest') continue
    const { input, separated } = readInput(reader)
    cases.push({ line: start, command, args, input, expected: separated ? readExpected(reader) : '' })
  }
  return cases
}

/** The output of a command in the form in which it is compared. */
export function normalizeOutput(output: string): string {
  return output.endsWith('\n') ? output : `${output}\n`
}

class LineReader {
  readonly #lines: readonly string[]
  /** The number of the line last read, from 1. */
  line = 0

  constructor(text: string) {
    const lines = text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
    if (lines.at(-1) === '') lines.pop()
    this.#lines = lines
  }

  next(): string | undefined {
    const line = this.#lines[this.line]
    if (line !== undefined) this.line += 1
    return line
  }
}

function readInput(reader: LineReader): { readonly input: string; readonly separated: boolean } {
  const lines: string[] = []
  for (let line = reader.next(); line !== undefined; line = reader.next()) {
    if (line === SEPARATOR) return { input: lines.join('\n').trim(), separated: true }
    lines.push(line)
  }
  return { input: lines.join('\n').trim(), separated: false }
}

function readExpected(reader: LineReader): string {
  const first = reader.next()
  if (first === undefined) return ''
  return first === SEPARATOR ? readFenced(reader) : readUntilBlank(reader, first)
}

function readUntilBlank(reader: LineReader, first: string): string {
  let expected = ''
  for (let line: string | undefined = first; line !== undefined && line.trim() !== ''; line = reader.next()) {
    expected += `${line}\n`
  }
  return expected
}

function readFenced(reader: LineReader): string {
  let expected = ''
  for (let line = reader.next(); line !== undefined; line = reader.next()) {
    if (line !== SEPARATOR) {
      expected += `${line}\n`
      continue
    }
    const second = reader.next()
    if (second === SEPARATOR) break
    expected += second === undefined ? `${line}\n` : `${line}\n${second}\n`
  }
  return expected
}

function parseDirective(
  directive: string,
  lineNumber: number,
): { readonly command: string; readonly args: readonly TranscriptArgument[] } {
  let rest = directive.trim()
  const take = (stops: string): string => {
    let end = 0
    while (end < rest.length && !stops.includes(rest.charAt(end))) end += 1
    const taken = rest.slice(0, end)
    rest = rest.slice(end)
    return taken
  }
  const command = take(' ')
  const args: TranscriptArgument[] = []
  for (rest = rest.trim(); rest !== ''; rest = rest.trim()) {
    const key = take(' =')
    if (key === '') throw syntaxError(lineNumber, directive)
    if (!rest.startsWith('=')) {
      args.push({ key, values: [] })
      continue
    }
    rest = rest.slice(1)
    if (!rest.startsWith('(')) {
      args.push({ key, values: [take(' ')] })
      continue
    }
    const list = splitList(rest)
    if (list === undefined) throw syntaxError(lineNumber, directive)
    args.push({ key, values: list.values })
    rest = rest.slice(list.length)
  }
  return { command, args }
}

/**
 * The values between the bracket that the text begins with and its partner, split at commas outside further brackets.
 */
function splitList(text: string): { readonly values: readonly string[]; readonly length: number } | undefined {
  const values: string[] = []
  let depth = 0
  let value = ''
  for (let position = 1; position < text.length; position += 1) {
    const character = text.charAt(position)
    if (depth === 0 && (character === ',' || character === ')')) {
      values.push(value)
      value = ''
      if (character === ')') return { values, length: position + 1 }
      while (text.charAt(position + 1) === ' ') position += 1
      continue
    }
    if (character === '(') depth += 1
    if (character === ')') depth -= 1
    value += character
  }
  return undefined
}

function syntaxError(lineNumber: number, directive: string): TranscriptSyntaxError {
  return new TranscriptSyntaxError(`Line ${lineNumber} is no directive: ${directive}`)
}
