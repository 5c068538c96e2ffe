import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { soak } from './soak'

/** The command line of the soak; exit status 0 only if nothing acknowledged was lost. */
export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '100' },
      writers: { type: 'string', default: '16' },
      coordinators: { type: 'string', default: '3' },
      stores: { type: 'string', default: '3' },
      engine: { type: 'string', default: 'rocksdb' },
      mount: { type: 'string', default: 'worker' },
      'write-ms': { type: 'string', default: '300' },
    },
  })
  const root = await mkdtemp(join(tmpdir(), 'soak-'))
  const result = await soak({
    rounds: Number(values.rounds),
    writers: Number(values.writers),
    coordinators: Number(values.coordinators),
    stores: Number(values.stores),
    engine: values.engine === 'level' ? 'level' : 'rocksdb',
    mount: values.mount === 'process' || values.mount === 'inline' ? values.mount : 'worker',
    writeMs: Number(values['write-ms']),
    directory: join(root, 'cluster'),
    programRoot: process.cwd(),
    random: Math.random,
    report: (line) => {
      console.log(line)
    },
  })
  for (const violation of result.violations) console.log(violation)
  console.log(
    `${String(result.rounds)} rounds, ${String(result.acknowledged)} writes acknowledged, ${String(result.violations.length)} violations`,
  )
  if (result.violations.length > 0) {
    console.log(`The cluster's files are kept in ${root}.`)
    return 1
  }
  await rm(root, { recursive: true, force: true })
  return 0
}
