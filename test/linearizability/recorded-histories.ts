import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { performance } from 'node:perf_hooks'
import { checkHistory } from '../../src-main/linearizability/check'
import type { CheckResult } from '../../src-main/linearizability/check'
import { unknownOutput } from '../../src-main/linearizability/model'
import type { Model } from '../../src-main/linearizability/model'
import { appendMapModel } from '../../src-main/linearizability/models/append-map'
import { registerModel } from '../../src-main/linearizability/models/register'
import type { Operation } from '../../src-main/linearizability/operation'
import { parseAppendMapLog } from './append-map-log'
import { parseJepsenLog } from './jepsen-log'

/** Where the recorded histories lie, seen from the project's root. They are not part of the project. */
export const defaultDirectory = join('..', 'shared', 'conformance', 'linearizability')

const timeLimitMs = 10_000

/** One recorded history given to the checker. */
export interface HistoryReport {
  /** Relative to the directory, with `/`. */
  readonly file: string
  readonly durationMs: number
  /** What is wrong, or undefined if the verdict is the recorded one. */
  readonly difference: string | undefined
}

/**
 * Gives every history of a directory to the checker. `verdicts.tsv` there names each file and its verdict; the name of a
 * file's folder tells its format. A file that only one of the two knows is a difference, and so is a missing list.
 *
 * @returns undefined if there is no such directory
 */
export function replayDirectory(directory: string): HistoryReport[] | undefined {
  if (!existsSync(directory)) return undefined
  const verdicts = readVerdicts(join(directory, 'verdicts.tsv'))
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((file) => file.split(sep).join('/'))
    .filter((file) => file.includes('/') && /\.(log|txt)$/.test(file))
  return [...new Set([...verdicts.keys(), ...files])]
    .sort()
    .map((file) => replayFile(directory, file, verdicts.get(file)))
}

function readVerdicts(path: string): Map<string, string> {
  // Without the list every file is one that it does not name; a directory without files still counts one difference.
  if (!existsSync(path)) return new Map([['verdicts.tsv', 'present']])
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.trim().split('\t'))
  return new Map(lines.flatMap(([file = '', verdict = '']) => (file === '' ? [] : [[file, verdict]])))
}

function replayFile(directory: string, file: string, expected: string | undefined): HistoryReport {
  const startMs = performance.now()
  const difference = differenceOf(directory, file, expected)
  return { file, durationMs: performance.now() - startMs, difference }
}

function differenceOf(directory: string, file: string, expected: string | undefined): string | undefined {
  if (expected === undefined) return 'verdicts.tsv does not name it'
  try {
    const text = readFileSync(join(directory, file), 'utf8')
    switch (dirname(file)) {
      case 'jepsen':
        return differenceFrom(expected, registerModel, parseJepsenLog(text))
      case 'kv':
        return differenceFrom(expected, appendMapModel, parseAppendMapLog(text))
      default:
        return `the format of the folder ${dirname(file)} is not known`
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function differenceFrom<State, Input, Output>(
  expected: string,
  model: Model<State, Input, Output>,
  operations: ReadonlyArray<Operation<Input, Output>>,
): string | undefined {
  if (operations.length === 0) return 'holds no operation'
  const time = { limitMs: timeLimitMs, monotonicMs: () => performance.now() }
  const result = checkHistory(model, operations, { time })
  if (result.verdict === expected) return undefined
  return `expected ${expected}, found ${result.verdict}${explain(model, result)}`
}

/** Where the first partition that is not linearizable gets stuck. */
function explain<State, Input, Output>(model: Model<State, Input, Output>, result: CheckResult<Input, Output>): string {
  const failed = result.partitions.find(({ verdict }) => verdict === 'not-linearizable')
  if (failed?.verdict !== 'not-linearizable') return ''
  const { blocked, linearization, operations } = failed
  const output = blocked.outcome === 'known' ? blocked.output : unknownOutput
  const placed = `${String(linearization.length)} of ${String(operations.length)} operations`
  return `: after ${placed}, client ${blocked.client} has ${model.describeOperation(blocked.input, output)}`
}
