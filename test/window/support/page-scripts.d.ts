export interface PolicyProbe {
  readonly evaluated: boolean
  readonly ranInlineScript: boolean
  readonly ranInlineHandler: boolean
  readonly madeMarkup: boolean
  readonly appliedInlineStyle: boolean
  readonly reachedOthers: boolean
  readonly violations: readonly string[]
}
export function probePolicy(): Promise<PolicyProbe>
export function describeWorld(): {
  readonly origin: string
  readonly isSecureContext: boolean
  readonly nodeNames: readonly string[]
  readonly fromPreload: readonly string[]
  readonly cookie: string
}
export function tryToLeave(addresses: readonly string[]): boolean[]
export function askPermissions(): Promise<Record<'states' | 'notification' | 'position', unknown>>
export function statusesOf(paths: readonly string[]): Promise<number[]>
export function attackFromElsewhere(target: {
  readonly origin: string
  readonly body: string
}): Promise<Record<'read' | 'blindPost' | 'post' | 'framed', unknown>>
export function accessibilityViolations(tags: readonly string[]): Promise<string[]>
export function hasAxe(): boolean
export function horizontalOverflow(): number
export function verticalOverflow(): number
export function focusedText(): string
export function postFromPage(request: {
  readonly address: string
  readonly body: string | undefined
}): Promise<{ readonly status: number; readonly body: string }>
export function goToAddress(address: string): void
