import type { ClusterClient, KeyRange } from '../../client/cluster-client'
import { endOfPrefix } from '../../client/cluster-client'
import { bytesOf, hexOption } from './byte-arguments'
import type { Command } from './command'
import { withClient } from './connection'
import { exitStatus } from './exit-status'
import type { KeyWords } from './key-words'
import { keyOptions, keyWords } from './key-words'
import { clusterOptions } from './option'
import { jsonLine } from './output'
import type { ParsedOptions } from './parsed-options'
import { refused } from './parsed-options'
import { bytesJson, hexOf, readable } from './printable-bytes'

/** Lines are gathered up to this many characters before they are written: one write a line is what makes a scan slow. */
const WRITE_CHARACTERS = 64 * 1024

export const scanCommand: Command = {
  path: ['scan'],
  words: '[START] [END]',
  summary: 'list the pairs from START up to but not including END',
  details: `With --table, a START or END that is left out means the start or end of the table. Pairs come in the order of their
keys; those of a table that is partitioned by hash, partition after partition. With --json, each pair is a line of its own.
Without --json and --hex, what is longer than 120 characters is shortened, and bytes that are no text are shown as 0x and hex.`,
  options: [
    ...keyOptions,
    { name: 'prefix', kind: 'text', placeholder: 'KEY', help: 'all keys that begin so, in place of START and END' },
    hexOption,
    { name: 'limit', kind: 'text', placeholder: 'N', help: 'no more than so many pairs' },
    { name: 'keys', kind: 'flag', help: 'keys without values' },
    { name: 'count', kind: 'flag', help: 'print only how many pairs there are' },
    ...clusterOptions,
  ],
  async run(options, world) {
    const { output, signal } = world
    const limit = options.wholeNumber('limit', 0, Number.MAX_SAFE_INTEGER) ?? Infinity
    return withClient(world, options, 'reads', async (client) => {
      const words = await keyWords(client, options)
      const keysOnly = options.flag('keys') || options.flag('count')
      let count = 0
      let lines = ''
      for await (const pair of pairsIn(client, scanRanges(options, words), { limit, keysOnly, signal })) {
        count++
        if (options.flag('count')) {
          if (count % 1_000 === 0) output.progress(`${String(count)} pairs`)
          continue
        }
        lines += pairLine(words.decode(pair.key), keysOnly ? undefined : pair.value, options)
        if (lines.length < WRITE_CHARACTERS) continue
        await output.write(lines)
        lines = ''
      }
      if (options.flag('count')) lines = options.flag('json') ? jsonLine({ count }) : `${String(count)}\n`
      if (lines !== '') await output.write(lines)
      return exitStatus.ok
    })
  },
}

async function* pairsIn(
  client: ClusterClient,
  ranges: readonly KeyRange[],
  options: { readonly limit: number; readonly keysOnly: boolean; readonly signal: AbortSignal },
) {
  let { limit } = options
  for (const range of ranges) {
    if (limit <= 0) return
    for await (const pair of client.kv.scan(range, { ...options, limit })) {
      limit--
      yield pair
    }
  }
}

/** The ranges of the store that the command line asks for: one, or with a table one a partition. */
function scanRanges(options: ParsedOptions, { table }: KeyWords): readonly KeyRange[] {
  const [startWord, endWord, surplus] = options.words
  if (surplus !== undefined) throw refused(`"${surplus}" is too much: the command takes START and END`)
  const prefixWord = options.text('prefix')
  if (prefixWord !== undefined && startWord !== undefined) throw refused('--prefix stands in place of START and END')
  const prefix = prefixWord === undefined ? undefined : bytesOf('--prefix', prefixWord, options)
  const start = prefix ?? (startWord === undefined ? undefined : bytesOf('START', startWord, options))
  const end = prefix === undefined ? endWord && bytesOf('END', endWord, options) : endOfPrefix(prefix)
  if (table !== undefined) return table.ranges(start ?? new Uint8Array(0), end === '' ? undefined : end)
  if (start === undefined || start.length === 0 || end === undefined || end === '') {
    throw refused('START and END, or --prefix, or --table is missing')
  }
  return [{ startKey: start, endKey: end }]
}

function pairLine(key: Uint8Array, value: Uint8Array | undefined, options: ParsedOptions): string {
  if (options.flag('json')) {
    return jsonLine({ key: bytesJson(key), ...(value === undefined ? {} : { value: bytesJson(value) }) })
  }
  const show = options.flag('hex') ? hexOf : (bytes: Uint8Array) => readable(bytes)
  return value === undefined ? `${show(key)}\n` : `${show(key)}\t${show(value)}\n`
}
