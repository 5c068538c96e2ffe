/** Where a runtime came from, in the order in which the launcher looks. */
export type RuntimeSource = 'override' | 'installed' | 'downloaded' | 'carried'

/** An Electron that can be started. */
export interface Runtime {
  readonly source: RuntimeSource
  /** The executable, absolute. */
  readonly path: string
  /** Such as `45.4.1`; null when only the program itself could tell. */
  readonly version: string | null
  /** One sentence for the person: which runtime this is and what to know about it. */
  readonly description: string
}

/** Why a step of the search has nothing to offer. */
export interface RuntimeMissing {
  readonly found?: never
  /** The reason as a sentence. */
  readonly missing: string
  /** Whether something failed that the person did not know of, so that it is said even if a later step finds a runtime. */
  readonly isNews?: boolean
}

/** What one step of the search found, or why it found nothing. */
export type RuntimeStepResult = { readonly found: Runtime; readonly missing?: never } | RuntimeMissing
