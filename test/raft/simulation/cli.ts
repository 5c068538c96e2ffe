import { parseArgs } from 'node:util'
import type { SimulationReport } from '../../../src-main/raft/simulation/simulate-group'
import { simulateGroup } from '../../../src-main/raft/simulation/simulate-group'
import { LinearizabilityHistory } from './linearizability-history'

const USAGE = `Usage: npm run sim -- [options]
  --seeds N    how many seeds to run (default 20)
  --seed S     the first seed (default 1), or the only one where --seeds is missing
  --events E   events of the clock with faults, in each seed (default 20000)
  --nodes K    how many machines, 3 to 7 (default: drawn from the seed)
  --trace      print everything that happens, a line for each
  --json       print each report as a line of JSON`

interface CliOptions {
  readonly firstSeed: number
  readonly seeds: number
  readonly events: number
  readonly nodes: number | undefined
  readonly trace: boolean
  readonly json: boolean
}

/**
 * `npm run sim`: simulates a group through seeds and prints what was found.
 *
 * @returns 0 if no seed broke a rule, 1 if one did, 2 for wrong arguments
 */
export async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args)
  if (options === undefined) {
    console.error(USAGE)
    return 2
  }
  const startedMs = performance.now()
  const reports: SimulationReport[] = []
  for (let seed = options.firstSeed; seed < options.firstSeed + options.seeds; seed += 1) {
    const report = await simulateGroup({
      seed,
      events: options.events,
      history: new LinearizabilityHistory(),
      ...(options.nodes !== undefined && { nodes: options.nodes }),
      ...(options.trace && { print: console.log }),
    })
    reports.push(report)
    if (options.json) console.log(JSON.stringify({ ...report, faults: Object.fromEntries(report.faults) }))
    if (report.violation !== undefined) printViolation(report, options)
  }
  if (!options.json) printSummary(reports, performance.now() - startedMs)
  return reports.some(({ violation }) => violation !== undefined) ? 1 : 0
}

function parseOptions(args: readonly string[]): CliOptions | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seeds: { type: 'string' },
        seed: { type: 'string' },
        events: { type: 'string', default: '20000' },
        nodes: { type: 'string' },
        trace: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    })
    const options = {
      firstSeed: Number(values.seed ?? 1),
      seeds: Number(values.seeds ?? (values.seed === undefined ? 20 : 1)),
      events: Number(values.events),
      nodes: values.nodes === undefined ? undefined : Number(values.nodes),
      trace: values.trace,
      json: values.json,
    }
    const counts = [options.seeds, options.events, options.nodes ?? 3]
    const areCounts = counts.every((count) => Number.isSafeInteger(count) && count > 0)
    return areCounts && Number.isSafeInteger(options.firstSeed) ? options : undefined
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error))
    return undefined
  }
}

function printViolation({ seed, violation }: SimulationReport, { events, nodes, trace }: CliOptions): void {
  if (violation === undefined) return
  const nodesOption = nodes === undefined ? '' : ` --nodes ${String(nodes)}`
  console.log(
    `seed ${String(seed)} breaks ${violation.check} at ${violation.atMs.toFixed(3)} ms, event ${String(violation.event)}:`,
  )
  console.log(`  ${violation.message}`)
  if (trace) return
  console.log(`  replay: npm run sim -- --seed ${String(seed)} --events ${String(events)}${nodesOption} --trace`)
}

function printSummary(reports: readonly SimulationReport[], elapsedMs: number): void {
  const events = sum(reports, (report) => report.events)
  const hours = sum(reports, ({ virtualMs }) => virtualMs) / 3_600_000
  const violations = sum(reports, ({ violation }) => (violation === undefined ? 0 : 1))
  const faults = new Map<string, number>()
  for (const report of reports) {
    for (const [kind, count] of report.faults) faults.set(kind, (faults.get(kind) ?? 0) + count)
  }
  console.log(
    [
      `${String(reports.length)} seeds, ${String(events)} events, ${hours.toFixed(2)} virtual hours, ${String(violations)} violations`,
      `${String(sum(reports, ({ committedEntries }) => committedEntries))} committed entries, ${String(sum(reports, ({ terms }) => terms))} terms`,
      `faults: ${[...faults].map(([kind, count]) => `${kind} ${String(count)}`).join(', ')}`,
      `${(elapsedMs / 1000).toFixed(1)} s, ${Math.round((events / elapsedMs) * 1000).toLocaleString('en')} events a second`,
    ].join('\n'),
  )
  const [only] = reports
  if (reports.length === 1 && only !== undefined) console.log(`trace hash ${only.traceHash}`)
}

function sum(reports: readonly SimulationReport[], of: (report: SimulationReport) => number): number {
  return reports.reduce((total, report) => total + of(report), 0)
}
