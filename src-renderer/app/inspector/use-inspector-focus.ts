import { useEventListener } from '@vueuse/core'
import { nextTick, watch } from 'vue'
import type { ShallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { provideCommands } from '../commands/command-registry'
import { runCommand } from '../commands/run-command'
import { useInspectorShown } from './inspector-shown'

/** Where Escape means something of its own. */
const SETTLED_FIRST =
  '[role=dialog],[role=alertdialog],[role=menu],input:not([type=radio],[type=checkbox]),textarea,select,[contenteditable]'

/**
 * The keyboard's way into the inspector and out of it. A key goes in and comes back to where the focus was; an inspector
 * that goes away with the focus in it gives it back too. One that lies over the screen goes away by Escape, and by itself
 * when the keyboard comes to something that it covers: the focus is never out of sight.
 *
 * @param pane the inspector's own element
 */
export function useInspectorFocus(pane: Readonly<ShallowRef<HTMLElement | null>>): void {
  const { t } = useI18n()
  const { isShown, isOver } = useInspectorShown()
  /** What had the focus before the inspector. */
  let cameFrom: HTMLElement | undefined

  const hasFocus = () => pane.value?.contains(document.activeElement) === true
  const close = () => void runCommand('view.inspector')

  function leave(): void {
    const back = cameFrom?.isConnected ? cameFrom : document.querySelector<HTMLElement>('main')
    back?.focus()
  }

  async function enter(): Promise<void> {
    if (!isShown.value) await runCommand('view.inspector')
    await nextTick()
    pane.value?.focus()
  }

  provideCommands([
    {
      id: 'go.inspector',
      title: () => t('command.intoInspector'),
      group: 'go',
      keys: ['Alt+I'],
      unavailable: () => (isShown.value || !isOver.value ? undefined : t('inspector.hint')),
      run: () => (hasFocus() ? leave() : enter()),
    },
  ])

  // Before it is hidden, since what is hidden has lost the focus already.
  watch(isShown, (isNow) => {
    if (!isNow && hasFocus()) leave()
  })

  useEventListener(pane, 'focusin', ({ relatedTarget }) => {
    const isFromOutside = relatedTarget instanceof HTMLElement && pane.value?.contains(relatedTarget) === false
    if (isFromOutside) cameFrom = relatedTarget
  })

  useEventListener(window, 'keydown', (event) => {
    if (event.key !== 'Escape' || event.defaultPrevented || !isShown.value || !isOver.value) return
    if (event.target instanceof Element && event.target.closest(SETTLED_FIRST)) return
    event.preventDefault()
    close()
  })

  useEventListener(document, 'focusin', ({ target }) => {
    if (!isShown.value || !isOver.value || !(target instanceof HTMLElement) || !target.closest('main')) return
    if (target.matches(':focus-visible') && isCovered(target)) close()
  })

  /** Whether nothing of an element can be seen beside the inspector. */
  function isCovered(element: HTMLElement): boolean {
    const left = pane.value?.getBoundingClientRect().left
    return left !== undefined && element.getBoundingClientRect().left >= left
  }
}
