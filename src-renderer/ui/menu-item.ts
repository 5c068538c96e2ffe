/** A line of a menu. */
export interface MenuItem {
  readonly id: string
  readonly label: string
  readonly run: () => void
  /** Deletes or breaks something. */
  readonly danger?: boolean
  /** Why it cannot be done now; it is then shown, with the reason, and does nothing. */
  readonly disabledReason?: string | undefined
  /** Keys that do the same, as shown. */
  readonly keys?: string | undefined
  /** A line above it: another kind of thing begins. */
  readonly separated?: boolean
}
