import { useI18n } from 'vue-i18n'
import { formatBytes, formatCount } from '../../ui/format'

/** Where an engine does not tell a figure. */
const NOT_TOLD = '–'

/** The figures of this screen as people read them; a dash for what the engine does not tell. */
export function useEngineFigures() {
  const { locale } = useI18n()
  return {
    bytes: (value: number | undefined) => (value === undefined ? NOT_TOLD : formatBytes(value, locale.value)),
    count: (value: number | undefined) => (value === undefined ? NOT_TOLD : formatCount(value, locale.value)),
  }
}
