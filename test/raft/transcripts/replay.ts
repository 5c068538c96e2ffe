import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { ConfChangeSession } from './confchange-transcript'
import { InteractionSession } from './interaction-transcript'
import { runQuorumCase } from './quorum-transcript'
import type { TranscriptCase } from './transcript-format'
import { normalizeOutput, parseTranscript } from './transcript-format'

/** A case that was answered otherwise than expected. */
export interface Difference {
  readonly line: number
  readonly command: string
  readonly expected: string
  readonly actual: string
}

/**
 * How the replay of one transcript went. Later cases rest on earlier ones, so after a difference the rest counts as
 * failed.
 */
export interface FileReport {
  /** The path below the directory replayed. */
  readonly file: string
  readonly cases: number
  readonly passed: number
  /** The first case that was answered otherwise, or what kept the transcript from being read. */
  readonly difference: Difference | undefined
}

/** The transcripts below a directory, in order of their paths; undefined if there is no such directory. */
export function listTranscripts(directory: string): readonly string[] | undefined {
  if (!existsSync(directory)) return undefined
  if (!statSync(directory).isDirectory()) return [directory]
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((path) => isTranscript(path) && statSync(join(directory, path)).isFile())
    .sort()
    .map((path) => join(directory, path))
}

/** Replays one transcript from a file. */
export function replayFile(directory: string, path: string): FileReport {
  return replayText(relative(directory, path) || basename(path), readFileSync(path, 'utf8'))
}

/** Replays one transcript from its text. */
export function replayText(file: string, text: string): FileReport {
  let cases: readonly TranscriptCase[]
  try {
    cases = parseTranscript(text)
  } catch (error) {
    const difference = { line: 0, command: '', expected: 'a transcript\n', actual: `${describeError(error)}\n` }
    return { file, cases: 1, passed: 0, difference }
  }
  const run = sessionFor(cases)
  let passed = 0
  for (const test of cases) {
    const actual = answer(run, test)
    if (actual !== test.expected) {
      const { line, command, expected } = test
      return { file, cases: cases.length, passed, difference: { line, command, expected, actual } }
    }
    passed += 1
  }
  return { file, cases: cases.length, passed, difference: undefined }
}

/** Which part of the core a transcript is about shows in its commands. State lives as long as the transcript. */
function sessionFor(cases: readonly TranscriptCase[]): (test: TranscriptCase) => string {
  switch (cases[0]?.command) {
    case 'committed':
    case 'vote':
      return runQuorumCase
    case 'simple':
    case 'enter-joint':
    case 'leave-joint': {
      const session = new ConfChangeSession()
      return (test) => session.run(test)
    }
    default: {
      const session = new InteractionSession()
      return (test) => session.run(test)
    }
  }
}

function answer(run: (test: TranscriptCase) => string, test: TranscriptCase): string {
  try {
    return normalizeOutput(run(test))
  } catch (error) {
    // A case that cannot be run is a difference like any other, and the report goes on with the next file.
    return `${describeError(error)}\n`
  }
}

function describeError(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}

function isTranscript(path: string): boolean {
  const name = basename(path)
  return !name.startsWith('.') && !name.endsWith('~') && !name.endsWith('.md') && name !== 'LICENSE'
}
