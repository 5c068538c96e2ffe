import type { Command } from './command'
import { hexOption, readBytes } from './byte-arguments'
import { withClient } from './connection'
import { exitStatus } from './exit-status'
import { keyOptions, keyWords } from './key-words'
import type { Option } from './option'
import { clusterOptions } from './option'
import { jsonLine } from './output'
import type { ParsedOptions } from './parsed-options'
import { bytesJson, hexOf, readable } from './printable-bytes'

const keyFileOption: Option = {
  name: 'key-file',
  kind: 'text',
  placeholder: 'FILE',
  help: 'the key is what the file holds; - for standard input',
}

/** The key's word, unless a file stands for it; and what follows it. */
function splitWords(options: ParsedOptions, ...more: readonly string[]): ReadonlyArray<string | undefined> {
  if (options.text('key-file') === undefined) return options.expectWords('KEY', ...more)
  return [undefined, ...options.expectWords(...more)]
}

const putCommand: Command = {
  path: ['put'],
  words: 'KEY VALUE',
  summary: 'write a value',
  details: `VALUE may be left out in favour of --value-file, and - stands for standard input.
If the answer is lost, the exit status is 4, because the value may or may not have been written.`,
  options: [
    ...keyOptions,
    keyFileOption,
    { name: 'value-file', kind: 'text', placeholder: 'FILE', help: 'the value is what the file holds' },
    hexOption,
    { name: 'ttl', kind: 'text', placeholder: 'MS', help: 'the value expires after so many milliseconds' },
    {
      name: 'retry-unknown',
      kind: 'flag',
      help: 'write again if the answer is lost, even though somebody else may have written meanwhile',
    },
    ...clusterOptions,
  ],
  async run(options, world) {
    const valueFile = options.text('value-file')
    const [keyWord, valueWord] = splitWords(options, ...(valueFile === undefined ? ['VALUE'] : []))
    const key = await readBytes('KEY', keyWord, options.text('key-file'), options, world)
    const value = await readBytes('VALUE', valueWord, valueFile, options, world)
    const ttlMs = options.wholeNumber('ttl', 1, Number.MAX_SAFE_INTEGER)
    return withClient(world, options, 'writes', async (client) => {
      const storeKey = (await keyWords(client, options)).encode(key)
      await client.kv.put(storeKey, value, { ttlMs, signal: world.signal })
      if (options.flag('json')) {
        await world.output.write(jsonLine({ key: bytesJson(key), storeKey: bytesJson(storeKey), written: true }))
      }
      return exitStatus.ok
    })
  },
}

const getCommand: Command = {
  path: ['get'],
  words: 'KEY',
  summary: 'read a value',
  details: 'Exits with 3 if the key has no value. The value is printed with a newline behind it, except to --output.',
  options: [
    ...keyOptions,
    keyFileOption,
    hexOption,
    {
      name: 'output',
      kind: 'text',
      placeholder: 'FILE',
      help: 'write exactly the bytes of the value to the file; - for standard output',
    },
    ...clusterOptions,
  ],
  async run(options, world) {
    const [keyWord] = splitWords(options)
    const key = await readBytes('KEY', keyWord, options.text('key-file'), options, world)
    return withClient(world, options, 'reads', async (client) => {
      const storeKey = (await keyWords(client, options)).encode(key)
      const value = await client.kv.get(storeKey, { signal: world.signal })
      const found = value !== undefined
      const file = options.text('output')
      if (found && file !== undefined) {
        if (file === '-') await world.output.write(value)
        else await world.writeFile(file, value)
      }
      if (options.flag('json') && file !== '-') {
        const shown = found && file === undefined ? { value: bytesJson(value) } : {}
        await world.output.write(jsonLine({ key: bytesJson(key), storeKey: bytesJson(storeKey), found, ...shown }))
      } else if (found && file === undefined) {
        await world.output.write(options.flag('hex') ? hexOf(value) : value)
        await world.output.write('\n')
      } else if (!found) {
        world.output.note(`The key ${readable(key)} has no value.`)
      }
      return found ? exitStatus.ok : exitStatus.notFound
    })
  },
}

const deleteCommand: Command = {
  path: ['delete'],
  words: 'KEY',
  summary: 'delete a value',
  details: 'Exits with 0 whether the key had a value or not; --json tells.',
  options: [...keyOptions, keyFileOption, hexOption, ...clusterOptions],
  async run(options, world) {
    const [keyWord] = splitWords(options)
    const key = await readBytes('KEY', keyWord, options.text('key-file'), options, world)
    return withClient(world, options, 'writes', async (client) => {
      const storeKey = (await keyWords(client, options)).encode(key)
      const existed = await client.kv.delete(storeKey, { signal: world.signal })
      if (options.flag('json')) {
        await world.output.write(jsonLine({ key: bytesJson(key), storeKey: bytesJson(storeKey), existed }))
      } else if (!existed) {
        world.output.note(`The key ${readable(key)} had no value.`)
      }
      return exitStatus.ok
    })
  },
}

export const kvCommands: readonly Command[] = [putCommand, getCommand, deleteCommand]
