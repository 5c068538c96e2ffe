import { useI18n } from 'vue-i18n'
import type { SerializedSandboxError } from '../../../src-main/base/sandbox-error'
import { errorWords } from '../../app/error-words'
import type { ErrorWords } from '../../app/error-words'

/** Errors of opening a workspace for which there is more to say than the host's own sentence. */
const explained = [
  'WORKSPACE_NOT_USABLE',
  'WORKSPACE_VERSION',
  'WORKSPACE_DAMAGED',
  'WORKSPACE_MISMATCH',
  'DISK_LOCKED',
  'DISK_FULL',
  'ENGINE_NOT_AVAILABLE',
  'NETWORK_ADDRESS_IN_USE',
  'CLUSTER_NOT_READY',
  'SESSION_BUSY',
] as const
type Explained = (typeof explained)[number]

const isExplained = (code: string): code is Explained => (explained as readonly string[]).includes(code)

/** Words for errors of opening, closing and reopening a workspace, in the reader's language. */
export function useSessionErrorWords() {
  const { t } = useI18n()

  /** @param where the workspace that it happened to */
  return (error: SerializedSandboxError, where: string): ErrorWords => {
    if (!isExplained(error.code)) return errorWords(t, error, window.sandboxWindow !== undefined)
    return {
      what: t(`start.failure.${error.code}.what`),
      where,
      why: error.message,
      next: t(`start.failure.${error.code}.next`),
    }
  }
}
