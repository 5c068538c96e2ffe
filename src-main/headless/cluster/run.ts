import { program } from '../../sandbox/program'
import type { Command, CommandWorld } from './command'
import { clusterCommand } from './cluster-command'
import { exitStatus, exitStatusOf } from './exit-status'
import { commandHelp, programHelp } from './help'
import { kvCommands } from './kv-commands'
import { nearestName } from './nearest-name'
import { nodeCommands } from './node-commands'
import { helpOption } from './option'
import { errorLine } from './output'
import { ParsedOptions, refused } from './parsed-options'
import { regionCommands } from './region-commands'
import { scanCommand } from './scan-command'
import { statusCommand } from './status-command'
import { tableCommands } from './table-commands'
import { traceCommands } from './trace/trace-command'

export const commands: readonly Command[] = [
  clusterCommand,
  ...nodeCommands,
  statusCommand,
  ...tableCommands,
  ...regionCommands,
  ...kvCommands,
  scanCommand,
  ...traceCommands,
]

/** Runs one command line. What goes wrong is reported on standard error. @returns the exit status */
export async function run(args: readonly string[], world: CommandWorld): Promise<number> {
  try {
    return await runCommand(args, world)
  } catch (thrown) {
    world.output.note(errorLine(thrown, args.includes('--json')))
    return exitStatusOf(thrown)
  }
}

async function runCommand(args: readonly string[], world: CommandWorld): Promise<number> {
  const [first] = args
  if (first === '--help' || first === 'help') {
    await world.output.write(`${programHelp(commands)}\n`)
    return exitStatus.ok
  }
  if (first === '--version') {
    await world.output.write(`${program.title} ${program.version}\n`)
    return exitStatus.ok
  }
  const command = findCommand(args)
  const options = ParsedOptions.parse(args.slice(command.path.length), [...command.options, helpOption])
  if (options.flag('help')) {
    await world.output.write(`${commandHelp(command)}\n`)
    return exitStatus.ok
  }
  return command.run(options, world)
}

/** @throws SandboxError INVALID_ARGUMENT, naming the nearest command */
function findCommand(args: readonly string[]): Command {
  const found = commands.find(({ path }) => path.every((word, index) => args[index] === word))
  if (found !== undefined) return found
  const [first] = args
  if (first === undefined) throw refused('No command was given')
  const group = commands.filter(({ path }) => path.length > 1 && path[0] === first)
  if (group.length > 0) {
    const given = args[1] === undefined || args[1].startsWith('-') ? 'needs another word' : `has no "${args[1]}"`
    throw refused(`"${first}" ${given}`, `There are: ${group.map(({ path }) => path.join(' ')).join(', ')}`)
  }
  const nearest = nearestName(first, [...new Set(commands.map(({ path }) => path[0] ?? ''))])
  throw refused(
    `There is no command "${first}"`,
    nearest === undefined ? 'See --help' : `Is "${nearest}" meant? See --help`,
  )
}
