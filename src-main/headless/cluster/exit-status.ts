import { SandboxError } from '../../base/sandbox-error'

/** How the program tells a script what came of a command. docs/command-line.md is the promise. */
export const exitStatus = {
  ok: 0,
  failed: 1,
  /** The command line makes no sense; nothing was done. */
  usage: 2,
  /** The key, table, schema or region is not there. */
  notFound: 3,
  /** A write may or may not have taken effect. */
  outcomeUnknown: 4,
  /** Ended at once by a second signal, as a shell reports an interrupt. */
  interrupted: 130,
} as const

/** The exit status for what a command threw. */
export function exitStatusOf(thrown: unknown): number {
  const { code } = SandboxError.from(thrown)
  switch (code) {
    case 'INVALID_ARGUMENT':
      return exitStatus.usage
    case 'CLIENT_NOT_FOUND':
    case 'CLIENT_NO_REGION':
      return exitStatus.notFound
    case 'CLIENT_OUTCOME_UNKNOWN':
      return exitStatus.outcomeUnknown
    case 'CANCELLED':
      return exitStatus.interrupted
    default:
      return exitStatus.failed
  }
}
