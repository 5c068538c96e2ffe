import type { InjectionKey, Ref } from 'vue'

/** Whether the tab that a component belongs to is the one in view; nothing is provided outside of tabs. */
export const tabInViewKey: InjectionKey<Readonly<Ref<boolean>>> = Symbol('tab in view')
