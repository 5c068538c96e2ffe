import { SandboxError } from '../../base/sandbox-error'
import { realEnv } from '../../sandbox/host-env'
import type { NodeRole } from '../../sandbox/node/node-config'
import { readNodeConfigFile, readyLine, runNode } from '../../sandbox/node/node-process'
import type { Command } from './command'
import { exitStatus } from './exit-status'
import { errorLine } from './output'
import { refused } from './parsed-options'
import { untilAborted } from './until-aborted'

/** `store` and `coordinator`: one node in this process, for clusters of several machines. */
export const nodeCommands: readonly Command[] = (['store', 'coordinator'] as const).map(nodeCommand)

function nodeCommand(role: NodeRole): Command {
  return {
    path: [role],
    words: '',
    summary: `run one ${role} in this process until interrupted`,
    details: `When the node serves, one line of JSON with its addresses is printed to standard output. docs/several-machines.md
describes the configuration.`,
    options: [
      { name: 'config', kind: 'text', placeholder: 'FILE', help: 'the configuration of the node, a JSON file' },
      { name: 'json', kind: 'flag', help: 'report errors as JSON, too' },
    ],
    async run(options, { output, signal }) {
      options.expectWords()
      const file = options.text('config')
      if (file === undefined) throw refused('--config is missing')
      const env = realEnv()
      const config = await readNodeConfigFile(env, file)
      if (config.role !== role) {
        throw new SandboxError('INVALID_ARGUMENT', `${file} configures a ${config.role}: run "${config.role}" with it.`)
      }
      const complain = (error: SandboxError): void => {
        output.note(errorLine(error, options.flag('json')))
      }
      const node = await runNode(env, config, complain, complain)
      await output.write(`${readyLine(config)}\n`)
      // Somebody may end it over the wire, too.
      await Promise.race([untilAborted(signal), node.ended])
      await node.stop()
      return exitStatus.ok
    },
  }
}
