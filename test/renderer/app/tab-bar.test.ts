import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useTabsStore } from '../../../src-renderer/app/tabs/open-tabs'
import TabBar from '../../../src-renderer/app/tabs/TabBar.vue'
import { FakeDoor } from '../support/fake-door'

/** What the bar asked the browser to look at, and the way to answer. */
let looks: Array<{ readonly target: Element; answer(intersectionRatio: number): void }>
class FakeIntersectionObserver {
  readonly #tell: IntersectionObserverCallback
  constructor(tell: IntersectionObserverCallback) {
    this.#tell = tell
  }
  observe(target: Element): void {
    const answer = (intersectionRatio: number) =>
      this.#tell([{ target, intersectionRatio } as IntersectionObserverEntry], this as unknown as IntersectionObserver)
    looks.push({ target, answer })
  }
  readonly disconnect = vi.fn()
}

beforeEach(() => {
  window.sessionStorage.clear()
  looks = []
  vi.stubGlobal('IntersectionObserver', FakeIntersectionObserver)
})
afterEach(() => {
  vi.unstubAllGlobals()
})

describe('the tab bar', () => {
  it('brings the tab in view to where it can be seen, once the browser says that it cannot', async () => {
    const bar = mount(TabBar, { global: { plugins: [new FakeDoor().plugin()] }, attachTo: document.body })
    const scrolled = vi.fn()
    window.HTMLElement.prototype.scrollIntoView = scrolled
    for (const path of ['/regions', '/tables']) useTabsStore().visit({ path, fullPath: path })
    await flushPromises()
    expect(looks.at(-1)?.target.textContent).toContain('Tables')
    looks.at(-1)?.answer(1)
    expect(scrolled).not.toHaveBeenCalled()
    useTabsStore().visit({ path: '/regions', fullPath: '/regions' })
    await flushPromises()
    expect(looks.at(-1)?.target.textContent).toContain('Regions')
    looks.at(-1)?.answer(0.4)
    expect(scrolled).toHaveBeenCalledOnce()
    bar.unmount()
  })
})
