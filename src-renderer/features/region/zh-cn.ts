import type { Texts } from '../../app/i18n/messages'
import type { en } from './en'

/** The words of this screen, in Chinese. */
export const zhCN: Texts<typeof en> = {
  title: 'Region',
}
