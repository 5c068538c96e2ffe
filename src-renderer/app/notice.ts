import { shallowRef } from 'vue'
import type { SerializedSandboxError } from '../../src-main/base/sandbox-error'

/** What a command has to say once it was asked for: why it cannot run now, or how it failed. */
export type Notice =
  | { readonly kind: 'reason'; readonly title: string; readonly text: string }
  | { readonly kind: 'error'; readonly title: string; readonly error: SerializedSandboxError }

/** The newest notice, until a person has put it away. */
export const notice = shallowRef<Notice>()
