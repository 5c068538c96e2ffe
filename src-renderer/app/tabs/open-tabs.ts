import { useEventListener } from '@vueuse/core'
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { RouteLocationNormalizedLoaded } from 'vue-router'
import { afterPaint } from '../../ui/after-paint'

/** An open address. What was chosen on the screen is in its query, so it is found again as it was left. */
export interface OpenTab {
  /** What makes it this tab: the path without the query. */
  readonly path: string
  /** With the query: where choosing the tab leads. */
  readonly address: string
  /** Tells two openings of one path apart. */
  readonly serial: number
  /** Grows with every visit; the least was not looked at for longest. */
  readonly visited: number
}

/** More tabs than this nobody finds anything in: the one not looked at for longest closes. */
const MOST_TABS = 16
const KEPT_UNDER = 'open-tabs'

/** The addresses that are open, in the order in which they were opened. Kept over a reload of the page. */
export const useTabsStore = defineStore('tabs', () => {
  const tabs = shallowRef<readonly OpenTab[]>(readKept())
  const activePath = ref<string>()
  let counter = Math.max(0, ...tabs.value.map(({ serial, visited }) => Math.max(serial, visited)))

  /** A screen was gone to: its tab is opened, or brought up to date. */
  function visit({ path, fullPath }: Pick<RouteLocationNormalizedLoaded, 'path' | 'fullPath'>): void {
    counter += 1
    const known = tabs.value.find((tab) => tab.path === path)
    const tab = { path, address: fullPath, serial: known?.serial ?? counter, visited: counter }
    if (known !== undefined) tabs.value = tabs.value.map((each) => (each === known ? tab : each))
    else tabs.value = [...withoutSurplus(tabs.value), tab]
    activePath.value = path
    // Writing takes as long as drawing half of a screen, and a person waits for the screen.
    afterPaint(keep)
  }

  /** Closes a tab. @returns where to go if it was the one in view; undefined if nothing changes for the eye */
  function close(path: string): string | undefined {
    const at = tabs.value.findIndex((tab) => tab.path === path)
    if (at === -1) return undefined
    const wasActive = path === activePath.value
    tabs.value = tabs.value.filter((tab) => tab.path !== path)
    keep()
    if (!wasActive) return undefined
    return (tabs.value[at] ?? tabs.value[at - 1])?.address ?? '/start'
  }

  /** Closes all but one. */
  function closeOthers(path: string): void {
    tabs.value = tabs.value.filter((tab) => tab.path === path)
    keep()
  }

  /** The tab beside the one in view, around the ends. @param by 1 or -1 */
  function beside(by: number): string | undefined {
    const at = tabs.value.findIndex((tab) => tab.path === activePath.value)
    return tabs.value.at((at + by) % Math.max(1, tabs.value.length))?.address
  }

  function keep(): void {
    window.sessionStorage.setItem(KEPT_UNDER, JSON.stringify(tabs.value))
  }
  // A page that goes does not draw again.
  useEventListener(window, 'pagehide', keep)

  return { tabs, activePath, visit, close, closeOthers, beside }
})

function withoutSurplus(tabs: readonly OpenTab[]): readonly OpenTab[] {
  if (tabs.length < MOST_TABS) return tabs
  const oldest = Math.min(...tabs.map(({ visited }) => visited))
  return tabs.filter(({ visited }) => visited !== oldest)
}

function readKept(): readonly OpenTab[] {
  try {
    const kept: unknown = JSON.parse(window.sessionStorage.getItem(KEPT_UNDER) ?? '[]')
    return Array.isArray(kept) ? kept.filter(isTab).slice(-MOST_TABS) : []
  } catch {
    // Written by another version: begins anew.
    return []
  }
}

function isTab(value: unknown): value is OpenTab {
  const { path, address, serial, visited } = (value ?? {}) as Record<string, unknown>
  return (
    typeof path === 'string' &&
    typeof address === 'string' &&
    address.startsWith('/') &&
    typeof serial === 'number' &&
    typeof visited === 'number'
  )
}
