import type { KeyPart, KeyPartKind } from '../../src-main/client/views/key-view'

/** The fill behind bytes of a part, as a CSS value. */
export function partFill(kind: KeyPartKind): string {
  return `var(--color-part-${kind})`
}

/** The kind of each byte; `unknown` where no part covers it. */
export function kindOfBytes(length: number, parts: readonly KeyPart[]): readonly KeyPartKind[] {
  const kinds = new Array<KeyPartKind>(length).fill('unknown')
  for (const { kind, start, end } of parts) kinds.fill(kind, start, end)
  return kinds
}
