import { describe, expect, it } from 'vitest'
import { normalizeOutput, parseTranscript } from './transcript-format'

const only = (text: string) => {
  const cases = parseTranscript(text)
  expect(cases).toHaveLength(1)
  return cases[0]
}

describe('the format of transcripts', () => {
  it('has a directive, input and expected output, with comments and blank lines between cases', () => {
    const cases = parseTranscript('# heading\n\n  brew 1 \n\nbeans\n\nmilk\n----\ncup\n\n# next\nserve\n----\nok\n')
    expect(cases).toEqual([
      { line: 3, command: 'brew', args: [{ key: '1', values: [] }], input: 'beans\n\nmilk', expected: 'cup\n' },
      { line: 12, command: 'serve', args: [], input: '', expected: 'ok\n' },
    ])
  })

  it('has arguments without, with one and with several values', () => {
    expect(only('brew a b=1 c= d=(1,2,  3) e=(x(1,2), y) f=()\n----\n')?.args).toEqual([
      { key: 'a', values: [] },
      { key: 'b', values: ['1'] },
      { key: 'c', values: [''] },
      { key: 'd', values: ['1', '2', '3'] },
      { key: 'e', values: ['x(1,2)', 'y'] },
      { key: 'f', values: [''] },
    ])
  })

  it('joins lines that end with a backslash', () => {
    expect(only('brew \\\n  a=1 \\\n  b\n----\nok\n')?.args.map(({ key }) => key)).toEqual(['a', 'b'])
  })

  it('fences output that has blank lines by doubled separators', () => {
    const [first, second] = parseTranscript('brew\n----\n----\ncup\n\n----\ncake\n----\n----\n\nserve\n----\nok\n')
    expect(first?.expected).toBe('cup\n\n----\ncake\n')
    expect(second?.command).toBe('serve')
  })

  it('has no output where there is no separator, and ends where the text ends', () => {
    expect(only('brew\nbeans')).toMatchObject({ input: 'beans', expected: '' })
    expect(only('brew\n----')).toMatchObject({ expected: '' })
    expect(parseTranscript('')).toEqual([])
  })

  it('passes over headings', () => {
    expect(only('subtest strong\n\nbrew\n----\nok\n')?.command).toBe('brew')
  })

  it.each(['brew =1', 'brew a=(1', 'brew a=(1,(2)'])('refuses "%s", naming the line', (directive) => {
    expect(() => parseTranscript(`\n${directive}\n----\n`)).toThrowError(/^Line 2 is no directive/)
  })

  it('reads lines that end in either way', () => {
    expect(only('brew\r\n----\r\nok\r\n')?.expected).toBe('ok\n')
  })

  it('compares output with a line break at its end', () => {
    expect(['ok', 'ok\n', ''].map(normalizeOutput)).toEqual(['ok\n', 'ok\n', '\n'])
  })
})
