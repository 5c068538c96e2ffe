import type { ErrorDetail } from '../../base/sandbox-error'
import { SandboxError } from '../../base/sandbox-error'

/** Where a command writes. Results go to standard output and nothing else does; what is for people only, to standard error. */
export interface Output {
  /** Writes to standard output; resolves when more can be written without piling up. */
  write(data: string | Uint8Array): Promise<void>
  /** A line on standard error. */
  note(line: string): void
  /** Shows how far a long step is, where somebody watches; does nothing elsewhere. */
  progress(line: string): void
}

/** One JSON document on one line; 64-bit integers as strings, because JSON's readers lose digits of numbers. */
export const jsonLine = (value: unknown): string =>
  `${JSON.stringify(value, (_name, each: unknown) => (typeof each === 'bigint' ? String(each) : each))}\n`

/** An error as it is written to standard error: a sentence, or with `--json` one document on one line. */
export function errorLine(thrown: unknown, json: boolean): string {
  const error = SandboxError.from(thrown)
  if (!json) return `${error.code}: ${error.message}`
  const { code, message, details } = error.serialize()
  const plain: Readonly<Record<string, ErrorDetail>> = details
  return jsonLine({ error: { code, message, details: plain } }).trimEnd()
}
