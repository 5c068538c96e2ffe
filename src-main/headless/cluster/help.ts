import type { Command } from './command'
import { exitStatus } from './exit-status'
import type { Option } from './option'
import { helpOption } from './option'

const NAME = 'dingo-sandbox'

/** The overview of all commands. */
export function programHelp(commands: readonly Command[]): string {
  const names = commands.map(({ path, words }) => [...path, words].join(' ').trimEnd())
  const width = Math.max(...names.map((name) => name.length))
  return `A distributed key-value store in one program: clusters on this machine, and a client for any that speak its protocol.

Usage: ${NAME} COMMAND [options]

${commands.map(({ summary }, index) => `  ${(names[index] ?? '').padEnd(width)}  ${summary}`).join('\n')}

  ${'--version'.padEnd(width)}  print the version
  ${'--help'.padEnd(width)}  print this, or behind a command its options

Exit status: ${exitStatusHelp}`
}

/** All about one command. */
export function commandHelp({ path, words, summary, details, options }: Command): string {
  return `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.

Usage: ${[NAME, ...path, words].join(' ').trimEnd()} [options]

${optionsHelp([...options, helpOption])}${details === undefined ? '' : `\n\n${details}`}

Exit status: ${exitStatusHelp}`
}

const exitStatusHelp = `${String(exitStatus.ok)} done, ${String(exitStatus.failed)} failed, ${String(exitStatus.usage)} wrong usage, ${String(exitStatus.notFound)} not found, ${String(exitStatus.outcomeUnknown)} a write whose outcome is unknown.`

function optionsHelp(options: readonly Option[]): string {
  const names = options.map(({ name, placeholder }) => `--${name}${placeholder === undefined ? '' : ` ${placeholder}`}`)
  const width = Math.max(...names.map((name) => name.length))
  return options.map(({ help }, index) => `  ${(names[index] ?? '').padEnd(width)}  ${help}`).join('\n')
}
