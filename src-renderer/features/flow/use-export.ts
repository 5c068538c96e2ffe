import { useI18n } from 'vue-i18n'
import { notice } from '../../app/notice'
import { toDoorError } from '../../data/door-client'
import { useFlowActions } from '../../data/flow-control'
import { copyText } from '../../ui/copy-text'
import { saveFile } from '../../ui/save-file'

const files = {
  otlp: { ending: 'otlp.json', type: 'application/json' },
  mermaid: { ending: 'mmd', type: 'text/plain' },
} as const

/** Hands a trace to the person: as a file, or in the clipboard. */
export function useTraceExport() {
  const { t } = useI18n()
  const actions = useFlowActions()

  return async function exportTrace(traceId: string, format: 'otlp' | 'mermaid', how: 'save' | 'copy'): Promise<void> {
    const title = t(`flow.export.${format}.${how}`)
    try {
      const text = await actions.exportTrace(traceId, format)
      if (how === 'save') saveFile(`trace-${traceId.slice(0, 8)}.${files[format].ending}`, text, files[format].type)
      else if (!copyText(text)) notice.value = { kind: 'reason', title, text: t('flow.export.notCopied') }
    } catch (thrown) {
      notice.value = { kind: 'error', title, error: toDoorError(thrown) }
    }
  }
}
