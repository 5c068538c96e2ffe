/** A line of a list to pick from. */
export interface PickItem {
  readonly id: string
  readonly label: string
  /** Quieter, behind the label: its kind, or where it is. */
  readonly detail?: string | undefined
  /** Keys that do the same, as shown. */
  readonly keys?: string | undefined
  /** Why it cannot be picked now. */
  readonly disabledReason?: string | undefined
  readonly mono?: boolean
}
