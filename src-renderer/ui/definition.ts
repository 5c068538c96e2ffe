/** One line of a DefinitionTable. */
export interface Definition {
  readonly term: string
  readonly value: string
  /** Versions, paths and other things that are compared letter by letter. */
  readonly exact?: boolean
}
