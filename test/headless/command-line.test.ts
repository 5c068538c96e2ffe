import { describe, expect, it } from 'vitest'
import { browserCommand } from '../../src-main/headless/open-browser'
import { parseCommandLine } from '../../src-main/headless/command-line'

const plainStart = {
  workspace: undefined,
  isEphemeral: false,
  opensCluster: true,
  topology: {},
  engine: undefined,
  basePort: undefined,
}

describe('the command line of the headless host', () => {
  it('serves on this machine alone, on any free port, unless told otherwise', () => {
    expect(parseCommandLine(['serve'])).toEqual({
      kind: 'serve',
      port: 0,
      bindHost: '127.0.0.1',
      start: plainStart,
      userDataDirectory: undefined,
      openBrowser: false,
      json: false,
    })
  })

  it('takes every option', () => {
    const args = 'serve --port 8080 --host 0.0.0.0 --workspace /w --user-data-dir /u --open --json'.split(' ')
    expect(parseCommandLine(args)).toEqual({
      kind: 'serve',
      port: 8080,
      bindHost: '0.0.0.0',
      start: { ...plainStart, workspace: '/w' },
      userDataDirectory: '/u',
      openBrowser: true,
      json: true,
    })
  })

  it('tells its version and its options', () => {
    expect(parseCommandLine(['--help'])).toEqual({ kind: 'help' })
    expect(parseCommandLine(['serve', '--version'])).toEqual({ kind: 'version' })
  })

  it.each([
    [[], /No command/],
    [['dance'], /dance.*"serve"/],
    [['serve', 'twice'], /twice/],
    [['serve', '--port', '65536'], /65536.*0 to 65535/],
    [['serve', '--port', '80.5'], /80\.5/],
    [['serve', '--port', 'x'], /"x" is no port/],
    [['serve', '--port='], /no port/],
    [['serve', '--bort', '80'], /--bort.*--help/],
  ])('refuses %j in a sentence', (args, sentence) => {
    expect(() => parseCommandLine(args)).toThrow(sentence)
    expect(() => parseCommandLine(args)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
  })
})

describe('opening the browser', () => {
  it('hands over the address as one argument, past any shell', () => {
    const address = 'http://127.0.0.1:1/?token=a&b=c'
    expect(browserCommand('linux', address)).toEqual(['xdg-open', address])
    expect(browserCommand('darwin', address)).toEqual(['open', address])
    expect(browserCommand('win32', address).at(-1)).toBe(address)
  })
})
