import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { findRuntime } from '../../../src-main/headless/launcher/find-runtime'
import { createLaunchContext } from '../../../src-main/headless/launcher/launch-context'
import { sandboxArgs } from '../../../src-main/headless/launcher/launch-electron'
import { temporaryDirectory } from '../../window/support/temporary-directory'
import { makeClusterOfRegions } from './cluster-of-regions'
import { measureGridScroll } from './grid-scroll'
import { measureInteractions } from './interactions'
import { measureSteps } from './steps'

/** Relative to the project, where benchmarks run: this file itself is bundled away. */
const hookPath = join(process.cwd(), 'test/bench/window/report-interactive.cjs')
const usage =
  'Usage: node test/bench/run.mjs window [--rounds <number>] [--idle-seconds <number>] [--grid | --interactions | --stepping] [--json]'
const REGIONS = 30
const INTERACTION_ROUNDS = 60
const STEPPED_PUTS = 5

/** What one start of the program told. Times in ms since its process was started. */
interface Start {
  readonly interactiveMs: number
  /** Undefined without a cluster. */
  readonly clusterMs: number | undefined
  /** Shares of one core in percent, and resident memory, process by process; empty unless asked for. */
  readonly idle: ReadonlyArray<{ readonly process: string; readonly percent: number; readonly megabytes: number }>
}

/**
 * How long the window takes to be interactive: from the start of a process to the paint of the first screen with what the
 * host told; without a cluster, and with one that reopens 30 regions, which also says when the cluster serves and what the
 * program costs while nobody touches it. Of the built program; needs a display. With `--grid` instead how long frames take
 * while the grid of regions is scrolled over 100,000 rows, with `--interactions` how long keys and clicks take until the
 * next paint, with `--stepping` how long F10 takes until the stage is painted at which a put stands then; all of these need
 * a Chromium.
 *
 * @returns the exit status
 */
export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string' },
      'idle-seconds': { type: 'string' },
      json: { type: 'boolean' },
      grid: { type: 'boolean' },
      interactions: { type: 'boolean' },
      stepping: { type: 'boolean' },
    },
  })
  const rounds = Number(values.rounds ?? 7)
  const idleMs = Number(values['idle-seconds'] ?? 10) * 1000
  if (!Number.isInteger(rounds) || rounds < 1 || !(idleMs > 0)) {
    console.error(usage)
    return 2
  }
  if (values.grid || values.interactions || values.stepping) {
    const report = values.grid
      ? await measureGridScroll()
      : values.interactions
        ? await measureInteractions(INTERACTION_ROUNDS)
        : await measureSteps(STEPPED_PUTS)
    if (values.json) console.log(JSON.stringify(report))
    else console.table(report)
    return 0
  }
  const context = createLaunchContext(process.cwd())
  const { runtime } = await findRuntime(context)
  if (runtime === null) {
    console.error('There is no Electron that can be started; see why with: npm start -- --print-runtime')
    return 1
  }
  const electron = [runtime.path, ...sandboxArgs(context), context.projectDir]
  const fresh = temporaryDirectory()
  const withRegions = temporaryDirectory()
  try {
    await makeClusterOfRegions(withRegions.path, REGIONS)
    const npmStart = [context.nodePath, join(context.projectDir, 'src-main/headless/start.mjs')]
    const report = {
      'electron without a cluster': await measure([...electron, '--no-cluster'], fresh.path, rounds, {}),
      'npm start without a cluster': await measure([...npmStart, '--no-cluster'], fresh.path, rounds, {}),
      [`electron with ${String(REGIONS)} regions`]: await measure(electron, withRegions.path, rounds, {
        BENCH_AWAITS_CLUSTER: '1',
      }),
    }
    const settings = { BENCH_AWAITS_CLUSTER: '1', BENCH_IDLE_MS: String(idleMs) }
    const { idle } = await timeStart(electron, withRegions.path, settings)
    if (values.json) console.log(JSON.stringify({ starts: report, idle }))
    else print(report, idle)
  } finally {
    fresh.remove()
    withRegions.remove()
  }
  return 0
}

interface Measured {
  readonly interactiveMs: readonly number[]
  readonly clusterMs: readonly number[]
}

async function measure(
  command: readonly string[],
  userData: string,
  rounds: number,
  settings: Readonly<Record<string, string>>,
): Promise<Measured> {
  // The first start of all fills the caches of the operating system and is left out.
  await timeStart(command, userData, settings)
  const starts: Start[] = []
  for (let round = 0; round < rounds; round++) starts.push(await timeStart(command, userData, settings))
  return {
    interactiveMs: starts.map(({ interactiveMs }) => interactiveMs),
    clusterMs: starts.flatMap(({ clusterMs }) => clusterMs ?? []),
  }
}

function print(report: Readonly<Record<string, Measured>>, idle: Start['idle']): void {
  for (const [name, { interactiveMs, clusterMs }] of Object.entries(report)) {
    console.log(`${name}: interactive after ${spread(interactiveMs)}`)
    if (clusterMs.length > 0) console.log(`${name}: the cluster serves after ${spread(clusterMs)}`)
  }
  const total = idle.reduce((sum, { percent }) => sum + percent, 0)
  console.log(`idle: ${total.toFixed(1)} % of a core in all`)
  for (const { process, percent, megabytes } of idle) {
    console.log(`  ${process}: ${percent.toFixed(1)} % of a core, ${String(megabytes)} MB resident`)
  }
}

const spread = (runsMs: readonly number[]) => `${String(median(runsMs))} ms (median of ${runsMs.join(', ')})`

async function timeStart(
  [command = '', ...args]: readonly string[],
  userData: string,
  settings: Readonly<Record<string, string>>,
): Promise<Start> {
  const startedAtMs = Date.now()
  const child = spawn(command, [...args, `--user-data-dir=${userData}`], {
    env: { ...process.env, ...settings, NODE_OPTIONS: `--require ${hookPath}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  await once(child, 'close')
  const since = (pattern: RegExp) => {
    const atMs = pattern.exec(output)?.[1]
    return atMs === undefined ? undefined : Math.round(Number(atMs) - startedAtMs)
  }
  const interactiveMs = since(/interactive at ([\d.]+)/)
  if (interactiveMs === undefined) throw new Error(`The program ended before it was interactive:\n${output}`)
  return {
    interactiveMs,
    clusterMs: since(/cluster at ([\d.]+)/),
    idle: [...output.matchAll(/^idle (\S+) ([\d.e-]+) (\d+)$/gm)].map(([, process = '', percent, megabytes]) => ({
      process,
      percent: Number(percent),
      megabytes: Number(megabytes),
    })),
  }
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? NaN
}
