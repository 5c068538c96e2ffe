import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'

interface CommandLine {
  readonly app: string | null
  readonly preloads: string[]
  readonly wantsVersion: boolean
}
const require = createRequire(import.meta.url)
const { readCommandLine } = require('../../../resources/bootstrap/command-line.cjs') as {
  readCommandLine: (args: readonly string[]) => CommandLine
}

describe('the command line of the bootstrap', () => {
  it.each([
    [['.'], '.', []],
    [['--no-sandbox', '/app', '--flag', 'value'], '/app', []],
    [['-r', 'loader.js', '--no-sandbox', '--inspect=0', '/app'], '/app', ['loader.js']],
    [['--require', 'a', '-r', 'b', '/app', '-r', 'of the app'], '/app', ['a', 'b']],
    [['--no-sandbox'], null, []],
    [['-r'], null, []],
    [[], null, []],
  ])('%j names the app %j and the preloads %j', (args, app, preloads) => {
    expect(readCommandLine(args)).toEqual({ app, preloads, wantsVersion: false })
  })

  it('leaves the options behind the app to the app', () => {
    expect(readCommandLine(['/app', '--version']).wantsVersion).toBe(false)
    expect(readCommandLine(['--version']).wantsVersion).toBe(true)
    expect(readCommandLine(['-v', '/app']).wantsVersion).toBe(true)
  })
})
