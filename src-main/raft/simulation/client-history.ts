import type { KeyValueCommand, KeyValueResult } from './key-value-state-machine'

/**
 * Where clients write down what they ask and learn. What is neither returned nor discarded stays open: it may take
 * effect at any time.
 */
export interface ClientHistory {
  /** A request is sent. @returns the number of the operation */
  call(client: string, request: KeyValueCommand): number
  return(operation: number, output: KeyValueResult): void
  /** It certainly had no effect. */
  discard(operation: number): void
  /** Judges the whole history. @returns what is wrong with it, undefined if nothing is */
  findFault(): string | undefined
}
