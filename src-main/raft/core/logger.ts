import { RaftInvariantError } from './errors'

/**
 * Where a node says what it does, one line a call, without a line break. The lines are part of the recorded behaviour
 * of the core: transcripts compare them word for word.
 */
export interface RaftLogger {
  /** Detail that matters when a single follower is looked at. */
  debug(line: string): void
  /** Changes of role, term, vote and membership. */
  info(line: string): void
  /** Something was refused or given up, and an operator may want to know. */
  warning(line: string): void
  /** A request that this configuration cannot serve safely. */
  error(line: string): void
  /** The last line before a {@link RaftInvariantError} is thrown. */
  fatal(line: string): void
}

const ignore = (): void => undefined

/** Says nothing. The default. */
export const silentLogger: RaftLogger = { debug: ignore, info: ignore, warning: ignore, error: ignore, fatal: ignore }

/**
 * Ends a node whose invariant does not hold: the sentence is logged first, so that it is on record even if the error
 * is lost, and then thrown.
 *
 * @throws RaftInvariantError always
 */
export function violated(logger: RaftLogger, sentence: string): never {
  logger.fatal(sentence)
  throw new RaftInvariantError(sentence)
}
