import type { CommandWorld } from './command'
import type { Option } from './option'
import type { ParsedOptions } from './parsed-options'
import { refused } from './parsed-options'

export const hexOption: Option = { name: 'hex', kind: 'flag', help: 'keys and values are written in hex, in and out' }

/**
 * Bytes that a person wrote: the word as it is (UTF-8), as hex with `--hex`, the bytes of a file, or with `-` those of
 * standard input.
 *
 * @param file the option that names a file in place of the word
 * @throws SandboxError INVALID_ARGUMENT if neither or both are given, or the hex is none
 */
export async function readBytes(
  what: string,
  word: string | undefined,
  file: string | undefined,
  options: ParsedOptions,
  world: CommandWorld,
): Promise<Uint8Array> {
  if (word !== undefined && file !== undefined) throw refused(`${what} was given twice, as a word and as a file`)
  if (word === '-' || file === '-') return world.readStandardInput()
  if (file !== undefined) return world.readFile(file)
  if (word === undefined) throw refused(`${what} is missing`)
  return bytesOf(what, word, options)
}

/** Bytes of a word on the command line. @throws SandboxError INVALID_ARGUMENT if `--hex` is given and it is none */
export function bytesOf(what: string, word: string, options: ParsedOptions): Uint8Array {
  if (!options.flag('hex')) return new TextEncoder().encode(word)
  const digits = word.replace(/^0x/i, '')
  if (!/^(?:[0-9a-f]{2})*$/i.test(digits)) {
    throw refused(`${what} "${word}" is no hex`, 'Hex has two digits a byte, for instance 72000a')
  }
  return Uint8Array.from(Buffer.from(digits, 'hex'))
}
