import { shallowRef } from 'vue'
import type { Entity } from '../app/navigation/entity'

/** What is pointed at now, and the element at which its card hangs. One card serves all chips: lists have hundreds. */
export const hovered = shallowRef<{ readonly entity: Entity; readonly element: HTMLElement }>()

/** Shows the card of an entity at an element (after a moment, which is the card's own affair). */
export function showHoverCard(entity: Entity, element: HTMLElement): void {
  hovered.value = { entity, element }
}

/** Takes the card away, if it hangs at that element. */
export function hideHoverCard(element: HTMLElement): void {
  if (hovered.value?.element === element) hovered.value = undefined
}
