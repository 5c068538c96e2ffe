import { defineStore } from 'pinia'
import { reactive, toRefs, watch } from 'vue'

/** What of the panel below is in view. */
export const panelTabs = ['events', 'problems', 'jobs'] as const
export type PanelTab = (typeof panelTabs)[number]

interface Layout {
  isSideBarOpen: boolean
  isInspectorOpen: boolean
  isPanelOpen: boolean
  panelTab: PanelTab
  /** In px. */
  inspectorWidth: number
  panelHeight: number
}

const KEPT_UNDER = 'layout'
const usual: Layout = {
  isSideBarOpen: true,
  isInspectorOpen: false,
  isPanelOpen: false,
  panelTab: 'events',
  inspectorWidth: 340,
  panelHeight: 200,
}

/** Which panes are open and how large they are. Kept by the browser for this person. */
export const useLayoutStore = defineStore('layout', () => {
  const layout = reactive<Layout>({ ...usual, ...readKept() })
  watch(layout, (now) => window.localStorage.setItem(KEPT_UNDER, JSON.stringify(now)))

  /** Shows a part of the panel below; the part that is in view already, asked for again, closes it. */
  function togglePanel(tab: PanelTab = layout.panelTab): void {
    layout.isPanelOpen = !(layout.isPanelOpen && layout.panelTab === tab)
    layout.panelTab = tab
  }

  return { ...toRefs(layout), togglePanel }
})

/** What was kept, as far as it is what this version knows. */
function readKept(): Partial<Layout> {
  try {
    const kept = JSON.parse(window.localStorage.getItem(KEPT_UNDER) ?? '{}') as Record<string, unknown>
    const known = Object.entries(usual).filter(([name, value]) => typeof kept[name] === typeof value)
    const layout = Object.fromEntries(known.map(([name]) => [name, kept[name]])) as Partial<Layout>
    if (layout.panelTab !== undefined && !panelTabs.includes(layout.panelTab)) delete layout.panelTab
    return layout
  } catch {
    // Not of this program.
    return {}
  }
}
