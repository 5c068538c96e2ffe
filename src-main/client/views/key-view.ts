/** What a part of a key means. */
export type KeyPartKind = 'namespace' | 'partition' | 'region' | 'user' | 'timestamp' | 'padding' | 'unknown'

/** A run of bytes of a key that encode one thing; the parts of a key cover it without gap, in order. */
export interface KeyPart {
  readonly kind: KeyPartKind
  /** Offset of the first byte, and of the byte behind the last. */
  readonly start: number
  readonly end: number
  /** What the bytes say: `r`, `60002`, `user-42`, `0x00ff`. */
  readonly text: string
}

/** A key as people read it, beside its bytes. */
export interface KeyView {
  readonly bytes: Uint8Array
  /** `users/user-42`; without a known table `r/60002/user-42`; `−∞` and `+∞` are left to the screen, for empty bytes. */
  readonly text: string
  readonly parts: readonly KeyPart[]
  readonly tableId: number | undefined
  readonly tableName: string | undefined
}
