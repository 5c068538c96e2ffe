import type { ComposerTranslation } from 'vue-i18n'
import type { Messages } from '../../app/i18n/messages'
import type { FigureLine } from './metrics-figures'
import { en } from './en'

type Translate = ComposerTranslation<{ en: Messages }>
type MeasureId = keyof typeof en.line

const isMeasure = (id: string): id is MeasureId => Object.hasOwn(en.line, id)

/** A line by the letter of its store, or by the name of its measure. */
export function lineName(t: Translate, { id }: FigureLine): string {
  return isMeasure(id) ? t(`metrics.line.${id}`) : id
}
