import { onScopeDispose, shallowRef } from 'vue'

/** A link that is being dragged from a node, and the node under the pointer. */
export interface LinkDrag {
  readonly from: number
  /** In px of the picture. */
  readonly x: number
  readonly y: number
  readonly over: number | undefined
}

/** How far the pointer moves before a press is a drag, in px. */
const DEAD_ZONE = 4

/**
 * Dragging from a node's handle to another node.
 *
 * @param picture what positions are measured from
 * @param onDrop told of both ends; of a press without a drag, of the first alone
 */
export function useLinkDrag(picture: () => HTMLElement | null, onDrop: (from: number, to: number | undefined) => void) {
  const drag = shallowRef<LinkDrag>()
  let end: (() => void) | undefined

  function grab(from: number, event: PointerEvent): void {
    if (event.button !== 0) return
    event.preventDefault()
    end?.()
    const start = { x: event.clientX, y: event.clientY }
    const onMove = (moved: PointerEvent) => {
      const origin = picture()?.getBoundingClientRect()
      if (origin === undefined) return
      const isFar = Math.hypot(moved.clientX - start.x, moved.clientY - start.y) > DEAD_ZONE
      if (drag.value === undefined && !isFar) return
      const over = nodeAt(moved.clientX, moved.clientY)
      drag.value = {
        from,
        x: moved.clientX - origin.left,
        y: moved.clientY - origin.top,
        over: over === from ? undefined : over,
      }
    }
    const onUp = () => {
      const dropped = drag.value
      stop()
      if (dropped === undefined) onDrop(from, undefined)
      else if (dropped.over !== undefined) onDrop(from, dropped.over)
    }
    const onKey = (pressed: KeyboardEvent) => {
      if (pressed.key === 'Escape') stop()
    }
    const stop = () => {
      window.removeEventListener('pointermove', onMove)
      window.removeEventListener('pointerup', onUp)
      window.removeEventListener('pointercancel', stop)
      window.removeEventListener('keydown', onKey, true)
      drag.value = undefined
      end = undefined
    }
    window.addEventListener('pointermove', onMove)
    window.addEventListener('pointerup', onUp)
    window.addEventListener('pointercancel', stop)
    window.addEventListener('keydown', onKey, true)
    end = stop
  }

  onScopeDispose(() => end?.())
  return { drag, grab }
}

function nodeAt(clientX: number, clientY: number): number | undefined {
  const card = document.elementFromPoint(clientX, clientY)?.closest<HTMLElement>('[data-node]')
  return card === null || card === undefined ? undefined : Number(card.dataset['node'])
}
