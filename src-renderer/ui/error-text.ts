import type { SerializedSandboxError } from '../../src-main/base/sandbox-error'

/** An error as JSON, for a bug report. 64-bit integers become text, which JSON has no other place for. */
export function errorAsText(error: SerializedSandboxError): string {
  return JSON.stringify(error, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value), 2)
}
