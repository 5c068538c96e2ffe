/** A request of a client about one key; null is no value. */
export type ClientRequest =
  | { readonly kind: 'get'; readonly key: string }
  | { readonly kind: 'put'; readonly key: string; readonly value: string }
  | { readonly kind: 'delete'; readonly key: string }
  | {
      readonly kind: 'compare-and-set'
      readonly key: string
      readonly expected: string | null
      readonly replacement: string | null
    }

/** What a client learned: the value it read, whether it compared equal, true for what was done. */
export type ClientOutput = string | null | boolean

/**
 * Where clients write down what they ask and learn. What is neither returned nor discarded stays open: it may take
 * effect at any time.
 */
export interface ClientHistory {
  /** A request is sent. @returns the number of the operation */
  call(client: string, request: ClientRequest): number
  return(operation: number, output: ClientOutput): void
  /** It certainly had no effect. */
  discard(operation: number): void
  /** Judges the whole history. @returns what is wrong with it, undefined if nothing is */
  findFault(): string | undefined
}
