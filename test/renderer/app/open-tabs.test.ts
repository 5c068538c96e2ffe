import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { useTabsStore } from '../../../src-renderer/app/tabs/open-tabs'

beforeEach(() => {
  window.sessionStorage.clear()
  setActivePinia(createPinia())
})
const go = (fullPath: string) => useTabsStore().visit({ path: fullPath.split('?')[0] ?? '', fullPath })
const addresses = () => useTabsStore().tabs.map(({ address }) => address)

describe('tabs', () => {
  it('are one a path, each with the address at which it was left', () => {
    go('/regions')
    go('/regions/80001?tab=log')
    go('/regions?text=a')
    expect(addresses()).toEqual(['/regions?text=a', '/regions/80001?tab=log'])
  })

  it('close, and lead to their neighbour if they were in view', () => {
    for (const each of ['/start', '/cluster', '/tables']) go(each)
    const tabs = useTabsStore()
    expect(tabs.close('/start')).toBeUndefined()
    expect(tabs.close('/tables')).toBe('/cluster')
    go('/cluster')
    expect(tabs.close('/cluster')).toBe('/start')
  })

  it('are walked through around the ends', () => {
    for (const each of ['/start', '/cluster', '/tables']) go(each)
    expect(useTabsStore().beside(1)).toBe('/start')
    expect(useTabsStore().beside(-1)).toBe('/cluster')
  })

  it('are bounded: the one not looked at for longest closes', () => {
    for (let region = 1; region <= 16; region += 1) go(`/regions/${region}`)
    go('/regions/1')
    go('/regions/17')
    expect(addresses()).not.toContain('/regions/2')
    expect(addresses()).toContain('/regions/1')
    expect(addresses()).toHaveLength(16)
  })

  it('are kept over a reload of the page; what is kept and makes no sense is passed over', () => {
    go('/cluster?inspect=store-1')
    window.dispatchEvent(new Event('pagehide'))
    setActivePinia(createPinia())
    expect(addresses()).toEqual(['/cluster?inspect=store-1'])
    window.sessionStorage.setItem('open-tabs', '[{"path":1},null]')
    setActivePinia(createPinia())
    expect(addresses()).toEqual([])
    window.sessionStorage.setItem('open-tabs', 'x')
    setActivePinia(createPinia())
    expect(addresses()).toEqual([])
  })

  it('are kept once the screen that was gone to is drawn', async () => {
    go('/regions')
    const kept = () => window.sessionStorage.getItem('open-tabs')
    expect(kept()).toBeNull()
    await vi.waitFor(() => expect(kept()).toContain('/regions'))
  })
})
