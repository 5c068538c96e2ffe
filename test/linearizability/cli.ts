import { resolve } from 'node:path'
import { defaultDirectory, replayDirectory } from './recorded-histories'

/**
 * `npm run test:histories -- DIR`: checks every recorded history of a directory.
 *
 * @returns 0 if all verdicts are the recorded ones or the directory is absent, 1 if one differs, 2 for wrong arguments
 */
export function main(args: readonly string[]): number {
  const [directory = defaultDirectory, ...others] = args
  if (others.length > 0) {
    console.error('Usage: npm run test:histories -- [DIR]')
    return 2
  }
  const reports = replayDirectory(resolve(directory))
  if (reports === undefined) {
    console.log(`skipped: there is no directory ${directory}`)
    return 0
  }
  const failed = reports.filter(({ difference }) => difference !== undefined)
  const counts = [`${String(reports.length)} files`, `${String(reports.length)} cases`]
  counts.push(`${String(reports.length - failed.length)} passed`, `${String(failed.length)} failed`)
  console.log(counts.join(', '))
  const slowest = [...reports].sort((left, right) => right.durationMs - left.durationMs)[0]
  if (slowest !== undefined) console.log(`slowest: ${slowest.file}, ${slowest.durationMs.toFixed(1)} ms`)
  const first = failed[0]
  if (first?.difference === undefined) return 0
  console.log(`first difference: ${first.file}: ${first.difference}`)
  return 1
}
