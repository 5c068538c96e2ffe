import { useI18n } from 'vue-i18n'
import type { SerializedSandboxError } from '../../../src-main/base/sandbox-error'
import { errorWords } from '../../app/error-words'
import type { ErrorWords } from '../../app/error-words'

/** Words for errors of opening, closing and reopening a workspace, in the reader's language. */
export function useSessionErrorWords() {
  const { t } = useI18n()

  /** @param where the workspace that it happened to, if that is known beside what the error says */
  return (error: SerializedSandboxError, where: string | undefined): ErrorWords => {
    const words = errorWords(t, error, window.sandboxWindow !== undefined)
    return where === undefined ? words : { ...words, where }
  }
}
