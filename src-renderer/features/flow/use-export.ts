import { useI18n } from 'vue-i18n'
import { notice } from '../../app/notice'
import { toDoorError } from '../../data/door-client'
import { useFlowActions } from '../../data/flow-control'
import { copyText } from '../../ui/copy-text'

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
      if (how === 'save') save(`trace-${traceId.slice(0, 8)}.${files[format].ending}`, files[format].type, text)
      else if (!copyText(text)) notice.value = { kind: 'reason', title, text: t('flow.export.notCopied') }
    } catch (thrown) {
      notice.value = { kind: 'error', title, error: toDoorError(thrown) }
    }
  }
}

/** By the browser's own way of saving. */
function save(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}
