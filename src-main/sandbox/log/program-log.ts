/** How much an entry matters: `error` is a defect or a failure that a person sees. */
export type LogLevel = 'info' | 'warning' | 'error'

/** What an entry tells beside its event. Values that JSON has no form for (64-bit integers) are written as text. */
export type LogFields = Readonly<Record<string, unknown>>

/** The log of the program: what a person sends along with a report. Keys and values of the store are never in it, tokens neither. */
export interface ProgramLog {
  /** The folder of its files, absolute, in the system's own notation. */
  readonly directory: string
  /** Adds an entry. Never waits and never throws: a log that cannot be written stops, and says so once. */
  write(level: LogLevel, event: string, fields: LogFields): void
  /** Writes what is still to be written. Twice is harmless. */
  close(): Promise<void>
}
