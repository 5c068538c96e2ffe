import { useI18n } from 'vue-i18n'
import type { SerializedSandboxError } from '../../../src-main/base/sandbox-error'
import { errorWords } from '../../app/error-words'
import type { ErrorWords } from '../../app/error-words'

/** Words for errors of opening, closing and reopening a workspace, in the reader's language. */
export function useSessionErrorWords() {
  const { t } = useI18n()

  /** @param where the workspace that it happened to */
  return (error: SerializedSandboxError, where: string): ErrorWords => ({
    ...errorWords(t, error, window.sandboxWindow !== undefined),
    where,
  })
}
