import { describe, expect, it } from 'vitest'
import { nearestName } from '../../../src-main/headless/cluster/nearest-name'
import { commands } from '../../../src-main/headless/cluster/run'
import { CommandLine } from './support'

describe('help', () => {
  it('lists every command', async () => {
    const { status, stdout } = await new CommandLine().run('--help')
    expect(status).toBe(0)
    for (const { path } of commands) expect(stdout).toContain(path.join(' '))
  })

  it.each(commands.map((command) => [command.path.join(' '), command] as const))(
    'of %s names all its options',
    async (_name, command) => {
      const { status, stdout, stderr } = await new CommandLine().run(...command.path, '--help')
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      for (const { name } of command.options) expect(stdout).toContain(`--${name}`)
    },
  )

  it('prints the version', async () => {
    expect((await new CommandLine().run('--version')).stdout).toMatch(/\d+\.\d+\.\d+\n$/)
  })
})

describe('a wrong command line', () => {
  it.each([
    [[], 'No command was given'],
    [['statsu'], 'Is "status" meant?'],
    [['xyzzy'], 'There is no command "xyzzy". See --help'],
    [['table'], 'table create, table list, table show, table drop'],
    [['region', 'remove'], '"region" has no "remove"'],
    [['status', '--coordinator', 'a:1'], 'Is --coordinators meant?'],
    [['status', '--jsn'], 'Is --json meant?'],
    [['status', '-x'], 'There is no option -x'],
    [['status', 'now'], '"now" is too much'],
    [['status', '--json=yes'], '--json takes no value'],
    [['status', '--json', '--json'], '--json was given twice'],
    [['status', '--coordinators'], '--coordinators needs a value'],
    [['status', '--coordinators', 'nowhere'], '"nowhere" is no address'],
    [['status', '--coordinators', 'host:99999'], '"host:99999" is no address'],
    [['status', '--timeout', 'soon'], '--timeout is a whole number'],
    [['put', 'k'], 'VALUE is missing'],
    [['put', 'k', 'v', '--hex'], 'KEY "k" is no hex'],
    [['put', 'k', 'v', '--value-file', 'f'], '"v" is too much'],
    [['get'], 'KEY is missing'],
    [['get', 'k', '--schema', 's'], '--schema says nothing without --table'],
    [['scan'], 'START and END, or --prefix, or --table is missing'],
    [['scan', 'a', 'b', '--prefix', 'c'], '--prefix stands in place of START and END'],
    [['table', 'create'], 'NAME is missing'],
    [['table', 'create', 't', '--engine', 'fast'], '--engine is raft, mono or memory, not "fast"'],
    [['table', 'create', 't', '--column', 'id'], '--column "id" is no column'],
    [['table', 'create', 't', '--split-at', 'g', '--partitions', '2'], '--split-at stands in place'],
    [['region', 'show', 'first'], '"first" is no id of a region'],
    [['cluster', '--stores', '10'], '--stores is a whole number from 1 to 9'],
    [['cluster', '--ephemeral', '--data-dir', 'd'], '--ephemeral stands in place of --data-dir'],
    [['cluster', '--base-port', '65300'], '--base-port is a whole number from 0 to 65225'],
    [['cluster', '--mount', 'thread'], '--mount is inline, worker or process'],
    [['store'], '--config is missing'],
  ])('%j is refused with a way out', async (args, sentence) => {
    const { status, stdout, stderr } = await new CommandLine().run(...args)
    expect(stderr).toContain(sentence)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  })

  it('is refused as JSON where JSON is asked for', async () => {
    const { stderr } = await new CommandLine().run('get', '--json')
    expect(JSON.parse(stderr)).toEqual({
      error: { code: 'INVALID_ARGUMENT', message: 'KEY is missing. See --help.', details: {} },
    })
  })
})

describe('the nearest name', () => {
  it.each([
    ['coordinator', 'coordinators'],
    ['tabel', 'table'],
    ['tim', 'timeout'],
    ['zzzzzz', undefined],
  ])('of %s is %s', (typed, name) => {
    expect(nearestName(typed, ['coordinators', 'table', 'timeout', 'json'])).toBe(name)
  })
})

describe('where the cluster is', () => {
  it('comes from the option, else from the environment, else from DingoDB’s ports', async () => {
    const line = new CommandLine()
    await line.run('status')
    line.environment.DINGO_SANDBOX_COORDINATORS = 'a:1, b:2'
    await line.run('status')
    await line.run('status', '--coordinators', '[::1]:3', '--address', 'inside:1=outside:2', '--timeout', '50')
    expect(line.connections.map(({ coordinators }) => coordinators)).toEqual([
      ['127.0.0.1:22001'],
      ['a:1', 'b:2'],
      ['[::1]:3'],
    ])
    expect(line.connections[2]).toMatchObject({ addressMap: new Map([['inside:1', 'outside:2']]), timeoutMs: 50 })
  })

  it('is only read by commands that only read', async () => {
    const line = new CommandLine()
    for (const args of [['status'], ['get', 'wb'], ['scan', 'wa', 'wz'], ['table', 'list'], ['region', 'list']]) {
      await line.run(...args)
    }
    expect(line.connections.map(({ readOnly }) => readOnly)).toEqual([true, true, true, true, true])
  })
})
