import { resolve } from 'node:path'
import type { FileReport } from './replay'
import { listTranscripts, replayFile } from './replay'

/** Where the recorded transcripts lie, seen from the working copy. */
export const DEFAULT_DIRECTORY = '../shared/conformance/raft'

/**
 * Replays every transcript below a directory and reports files, cases, passed and failed, with the first difference of
 * each file. An absent directory is reported as skipped and is no failure.
 *
 * @returns the exit status: 0 if nothing failed, 1 otherwise
 */
export function replayDirectory(directory: string, print: (line: string) => void): number {
  const paths = listTranscripts(directory)
  if (paths === undefined) {
    print(`Skipped: there is no directory ${directory}. Give another one as the argument.`)
    return 0
  }
  const reports = paths.map((path) => replayFile(directory, path))
  for (const report of reports) printReport(report, print)
  const cases = sum(reports, (report) => report.cases)
  const passed = sum(reports, (report) => report.passed)
  print(`${reports.length} files, ${cases} cases: ${passed} passed, ${cases - passed} failed`)
  return passed === cases ? 0 : 1
}

function printReport(report: FileReport, print: (line: string) => void): void {
  const { difference, file } = report
  if (difference === undefined) {
    print(`ok      ${file} (${report.cases} cases)`)
    return
  }
  print(`FAILED  ${file} (${report.passed} of ${report.cases} cases passed)`)
  print(`  first difference in line ${difference.line}: ${difference.command}`)
  const expected = difference.expected.split('\n')
  const actual = difference.actual.split('\n')
  const at = expected.findIndex((line, position) => line !== actual[position])
  const position = at < 0 ? expected.length : at
  print(`  in line ${position + 1} of the output`)
  print(`    expected: ${expected[position] ?? '(nothing)'}`)
  print(`    actual:   ${actual[position] ?? '(nothing)'}`)
}

function sum(reports: readonly FileReport[], of: (report: FileReport) => number): number {
  return reports.reduce((total, report) => total + of(report), 0)
}

/** `npm run test:raft-transcripts -- DIRECTORY`; without one the transcripts beside the working copy. */
export function main(args: readonly string[]): number {
  return replayDirectory(resolve(args[0] ?? DEFAULT_DIRECTORY), (line) => {
    process.stdout.write(`${line}\n`)
  })
}
