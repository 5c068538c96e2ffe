import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parseAppendMapLog } from './append-map-log'
import { parseJepsenLog } from './jepsen-log'
import { defaultDirectory, replayDirectory } from './recorded-histories'

test('every recorded history gets its recorded verdict', (context) => {
  const reports = replayDirectory(defaultDirectory)
  if (reports === undefined) return context.skip(`the recorded histories are absent: ${defaultDirectory}`)
  expect(reports.filter(({ difference }) => difference !== undefined)).toEqual([])
  expect(reports.length).toBeGreaterThan(0)
})

describe('a directory of histories', () => {
  const directoryWith = (files: Readonly<Record<string, string>>) => {
    const directory = mkdtempSync(join(tmpdir(), 'histories-'))
    onTestFinished(() => {
      rmSync(directory, { recursive: true })
    })
    mkdirSync(join(directory, 'jepsen'))
    for (const [file, text] of Object.entries(files)) writeFileSync(join(directory, file), text)
    return directory
  }
  const staleRead = [
    'INFO  jepsen.util - 0\t:invoke\t:write\t1',
    'INFO  jepsen.util - 0\t:ok\t:write\t1',
    'INFO  jepsen.util - 1\t:invoke\t:read\tnil',
    'INFO  jepsen.util - 1\t:ok\t:read\tnil',
  ].join('\n')

  test('is compared with its verdicts, and a difference says where', () => {
    const verdicts = 'jepsen/a.log\tnot-linearizable\njepsen/b.log\tlinearizable\njepsen/gone.log\tlinearizable\n'
    const files = { 'verdicts.tsv': verdicts, 'jepsen/a.log': staleRead, 'jepsen/b.log': staleRead, 'jepsen/c.log': '' }
    expect(replayDirectory(directoryWith(files))).toMatchObject([
      { file: 'jepsen/a.log', difference: undefined },
      {
        file: 'jepsen/b.log',
        difference:
          'expected linearizable, found not-linearizable: after 1 of 2 operations, client 1 has read() → nothing',
      },
      { file: 'jepsen/c.log', difference: 'verdicts.tsv does not name it' },
      { file: 'jepsen/gone.log', difference: expect.stringContaining('ENOENT') as unknown },
    ])
  })

  test('without verdicts is a difference, and an absent one is none', () => {
    expect(replayDirectory(directoryWith({}))).toHaveLength(1)
    expect(replayDirectory(join(directoryWith({}), 'absent'))).toBeUndefined()
  })
})

describe('a log of Jepsen', () => {
  test('is read with tabs or blanks, and noise is passed over', () => {
    const log = [
      'INFO  jepsen.core - Worker 0 starting',
      'INFO  jepsen.util - 0   :invoke :write  3',
      'INFO  jepsen.util - 12\t:invoke\t:cas\t[3 4]',
      'INFO  jepsen.util - 0   :ok     :write  3',
      'INFO  jepsen.util - 12\t:fail\t:cas\t[3 4]',
      'INFO  jepsen.util - 0   :invoke :write  5',
      'INFO  jepsen.util - 0   :info   :write  :timed-out',
      'INFO  jepsen.util - 0   :invoke :read   nil',
      'INFO  jepsen.util - 0   :ok     :read   nil',
      'INFO  jepsen.util - 1   :invoke :read   nil',
      'INFO  jepsen.util - 1   :fail   :read   :timed-out',
    ].join('\n')
    expect(parseJepsenLog(log)).toEqual([
      { outcome: 'known', client: '0', input: { kind: 'write', value: 3 }, calledAt: 1, output: true, returnedAt: 3 },
      {
        ...{ outcome: 'known', client: '12', calledAt: 2, output: false, returnedAt: 4 },
        input: { kind: 'compare-and-set', expected: 3, replacement: 4 },
      },
      { outcome: 'unknown', client: '0', input: { kind: 'write', value: 5 }, calledAt: 5 },
      { outcome: 'known', client: '0', input: { kind: 'read' }, calledAt: 6, output: null, returnedAt: 7 },
      { outcome: 'unknown', client: '1', input: { kind: 'read' }, calledAt: 8 },
    ])
  })

  test('with an end that has no beginning is refused', () => {
    expect(() => parseJepsenLog('INFO  jepsen.util - 0\t:ok\t:write\t3')).toThrow(/Line 1 ends/)
  })
})

describe('a log of a key-value store', () => {
  test('is read', () => {
    const log = [
      '{:process 0, :type :invoke, :f :append, :key "k", :value "x y"}',
      '{:process 1, :type :invoke, :f :get, :key "k", :value nil}',
      '{:process 0, :type :ok, :f :append, :key "k", :value "x y"}',
      '{:process 1, :type :ok, :f :get, :key "k", :value "x y"}',
    ].join('\n')
    expect(parseAppendMapLog(log)).toMatchObject([
      { client: '0', input: { kind: 'append', key: 'k', value: 'x y' }, calledAt: 1, returnedAt: 3, output: true },
      { client: '1', input: { kind: 'get', key: 'k' }, calledAt: 2, returnedAt: 4, output: 'x y' },
    ])
    expect(() => parseAppendMapLog('{:process 0}')).toThrow(/not understood/)
  })
})
