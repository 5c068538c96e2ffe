import { parseArgs } from 'node:util'
import { SandboxError } from '../base/sandbox-error'
import type { StartOptions } from '../sandbox/session/start-options'
import { readStartOptions, startOptionTypes, startOptionsUsage } from '../sandbox/session/start-options'

/** What the command line asks of the headless host. */
export type HeadlessCommand =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | {
      readonly kind: 'serve'
      /** 0 for any free port. */
      readonly port: number
      readonly bindHost: string
      readonly start: StartOptions
      readonly userDataDirectory: string | undefined
      readonly openBrowser: boolean
      readonly json: boolean
    }

export const usage = `Runs a cluster and serves the screens to a browser on this machine.

Usage: headless.cjs serve [options]

  --port N             the port to listen on; any free one if not given
  --host ADDRESS       the address to listen on; 127.0.0.1 if not given. Any other lets other machines
                       in: who has the printed address can do all that you can do here
${startOptionsUsage}
  --user-data-dir DIR  where preferences are kept, and the workspace of those who never named one
  --open               open the screens in the default browser
  --json               print the address as one line of JSON
  --version            print the version
  --help               print this`

/** @throws SandboxError INVALID_ARGUMENT with a sentence for the person at the command line */
export function parseCommandLine(args: readonly string[]): HeadlessCommand {
  const { values, positionals } = parse(args)
  if (values.help) return { kind: 'help' }
  if (values.version) return { kind: 'version' }
  if (positionals.length !== 1 || positionals[0] !== 'serve') {
    throw refuse(
      positionals.length === 0 ? 'No command was given' : `There is no command "${positionals.join(' ')}"`,
      'The one command is "serve"',
    )
  }
  return {
    kind: 'serve',
    port: parsePort(values.port),
    bindHost: values.host ?? '127.0.0.1',
    start: readStartOptions(values),
    userDataDirectory: values['user-data-dir'],
    openBrowser: values.open ?? false,
    json: values.json ?? false,
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        port: { type: 'string' },
        host: { type: 'string' },
        ...startOptionTypes,
        'user-data-dir': { type: 'string' },
        open: { type: 'boolean' },
        json: { type: 'boolean' },
        version: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    })
  } catch (cause) {
    throw refuse(SandboxError.from(cause).message.replace(/\.$/, ''), 'See --help')
  }
}

function parsePort(text: string | undefined): number {
  const port = text === undefined ? 0 : Number(text)
  if (text?.trim() === '' || !Number.isInteger(port) || port < 0 || port > 65_535) {
    throw refuse(`"${text}" is no port`, 'A port is a whole number from 0 to 65535')
  }
  return port
}

function refuse(what: string, wayOut: string): SandboxError {
  return new SandboxError('INVALID_ARGUMENT', `${what}. ${wayOut}.`)
}
