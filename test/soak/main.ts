import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { nodeMountKinds } from '../../src-main/sandbox/node/node-mount'
import { soak } from './soak'

const OPTIONS = {
  rounds: { type: 'string', default: '100' },
  writers: { type: 'string', default: '16' },
  coordinators: { type: 'string', default: '3' },
  stores: { type: 'string', default: '3' },
  engine: { type: 'string', default: 'rocksdb' },
  mount: { type: 'string', default: 'worker' },
  'write-ms': { type: 'string', default: '300' },
} as const

/** The command line of the soak; exit status 0 only if nothing acknowledged was lost. */
export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS })
  const root = await mkdtemp(join(tmpdir(), 'soak-'))
  const keep = () => {
    console.log(`The cluster's files are kept in ${root}.`)
  }
  const result = await soak({
    rounds: wholeNumber('rounds', values.rounds),
    writers: wholeNumber('writers', values.writers),
    coordinators: wholeNumber('coordinators', values.coordinators),
    stores: wholeNumber('stores', values.stores),
    engine: oneOf('engine', values.engine, ['rocksdb', 'level']),
    mount: oneOf('mount', values.mount, nodeMountKinds),
    writeMs: wholeNumber('write-ms', values['write-ms']),
    killedStarts: 0.25,
    directory: join(root, 'cluster'),
    programRoot: process.cwd(),
    random: Math.random,
    report: (line) => {
      console.log(line)
    },
  }).catch((thrown: unknown) => {
    keep()
    throw thrown
  })
  for (const violation of result.violations) console.log(violation)
  console.log(
    `${String(result.rounds)} rounds, ${String(result.acknowledged)} writes acknowledged, ${String(result.violations.length)} violations`,
  )
  if (result.violations.length > 0) {
    keep()
    return 1
  }
  await rm(root, { recursive: true, force: true })
  return 0
}

function wholeNumber(name: string, text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text)
  throw new Error(`--${name} is a whole number above 0, not "${text}".`)
}

function oneOf<Choice extends string>(name: string, text: string, choices: readonly Choice[]): Choice {
  const choice = choices.find((each) => each === text)
  if (choice !== undefined) return choice
  throw new Error(`--${name} is one of ${choices.join(', ')}, not "${text}".`)
}
