import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { findRuntime } from '../../../src-main/headless/launcher/find-runtime'
import { createLaunchContext } from '../../../src-main/headless/launcher/launch-context'
import { sandboxArgs } from '../../../src-main/headless/launcher/launch-electron'
import { temporaryDirectory } from '../../window/support/temporary-directory'

/** Relative to the project, where benchmarks run: this file itself is bundled away. */
const hookPath = join(process.cwd(), 'test/bench/window/report-interactive.cjs')
const usage = 'Usage: node test/bench/run.mjs window [--rounds <number>] [--json]'

/**
 * How long the window takes to be interactive: from the start of a process to the paint of the first screen with what the
 * host told. Of the built program; needs a display.
 *
 * @returns the exit status
 */
export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { rounds: { type: 'string' }, json: { type: 'boolean' } } })
  const rounds = Number(values.rounds ?? 7)
  if (!Number.isInteger(rounds) || rounds < 1) {
    console.error(usage)
    return 2
  }
  const context = createLaunchContext(process.cwd())
  const { runtime } = await findRuntime(context)
  if (runtime === null) {
    console.error('There is no Electron that can be started; see why with: npm start -- --print-runtime')
    return 1
  }
  const subjects = {
    'electron alone': [runtime.path, ...sandboxArgs(context), context.projectDir],
    'npm start': [context.nodePath, join(context.projectDir, 'src-main/headless/start.mjs')],
  }
  const report: Record<string, { readonly medianMs: number; readonly runsMs: readonly number[] }> = {}
  for (const [name, command] of Object.entries(subjects)) {
    const runsMs: number[] = []
    // The first start of all fills the caches of the operating system and is left out.
    await timeToInteractive(command)
    for (let round = 0; round < rounds; round++) runsMs.push(Math.round(await timeToInteractive(command)))
    report[name] = { medianMs: median(runsMs), runsMs }
  }
  if (values.json) console.log(JSON.stringify(report))
  else {
    for (const [name, { medianMs, runsMs }] of Object.entries(report)) {
      console.log(`${name}: interactive after ${medianMs} ms (median of ${runsMs.join(', ')})`)
    }
  }
  return 0
}

async function timeToInteractive([command = '', ...args]: readonly string[]): Promise<number> {
  const userData = temporaryDirectory()
  const startedAtMs = Date.now()
  const child = spawn(command, [...args, `--user-data-dir=${userData.path}`], {
    env: { ...process.env, NODE_OPTIONS: `--require ${hookPath}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  await once(child, 'close')
  userData.remove()
  const atMs = /interactive at ([\d.]+)/.exec(output)?.[1]
  if (atMs === undefined) throw new Error(`The program ended before it was interactive:\n${output}`)
  return Number(atMs) - startedAtMs
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? NaN
}
