import { defineComponent, onActivated, onDeactivated, provide, ref, shallowReactive } from 'vue'
import type { Component, PropType } from 'vue'
import { routeLocationKey } from 'vue-router'
import type { RouteLocationNormalizedLoaded } from 'vue-router'
import { tabInViewKey } from './tab-in-view'

/**
 * Makes the frame of one tab's screen. A screen that is kept while another is in view goes on seeing the address that it
 * was left at, so it never takes the other's choice for its own.
 *
 * @param name by which KeepAlive knows the tab
 */
export function tabScreen(name: string): Component {
  return defineComponent({
    name,
    props: { route: { type: Object as PropType<RouteLocationNormalizedLoaded>, required: true } },
    setup(props, { slots }) {
      const own = {}
      for (const key of Object.keys(props.route)) {
        Object.defineProperty(own, key, {
          enumerable: true,
          get: () => props.route[key as keyof RouteLocationNormalizedLoaded],
        })
      }
      const isInView = ref(true)
      onActivated(() => (isInView.value = true))
      onDeactivated(() => (isInView.value = false))
      provide(tabInViewKey, isInView)
      provide(routeLocationKey, shallowReactive(own) as RouteLocationNormalizedLoaded)
      return () => slots['default']?.()
    },
  })
}
