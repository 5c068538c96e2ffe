import { parseArgs } from 'node:util'
import type { StartOptions } from '../sandbox/session/start-options'
import { readStartOptions, startOptionTypes } from '../sandbox/session/start-options'

/**
 * What the command line asks of the window. Chromium's own switches stand beside these and are left to it.
 *
 * @param args what stands behind the program itself
 * @throws SandboxError INVALID_ARGUMENT
 */
export function parseWindowCommandLine(args: readonly string[]): StartOptions {
  const { values } = parseArgs({ args: [...args], strict: false, allowPositionals: true, options: startOptionTypes })
  return readStartOptions(values)
}
