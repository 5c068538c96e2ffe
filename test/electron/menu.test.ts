import type { MenuItemConstructorOptions } from 'electron'
import { describe, expect, it, vi } from 'vitest'
import type { CommandTarget } from '../../src-main/electron/menu/commands'
import { commands, pageCommands } from '../../src-main/electron/menu/commands'
import { isCommandId } from '../../src-main/electron/preload/window-host'
import { labels } from '../../src-main/electron/menu/labels'
import { menuTemplate } from '../../src-main/electron/menu/menu'

vi.mock('electron', () => ({ Menu: {} }))

const target: CommandTarget = {
  preferences: () => ({ theme: 'dark', language: 'system' }),
  changePreferences: vi.fn(),
  openWorkspaceFolder: vi.fn(),
  openLogsFolder: vi.fn(),
  showAbout: vi.fn(),
  runInPage: vi.fn(),
  openExternally: vi.fn(),
}
const flatten = (items: readonly MenuItemConstructorOptions[]): MenuItemConstructorOptions[] =>
  items.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? flatten(item.submenu) : [])])
const items = (language: 'en' | 'zh-CN' = 'en', system = 'linux') => flatten(menuTemplate(language, target, system))
const item = (id: string) => items().find((each) => each.id === id)

describe('the menu', () => {
  it.each(['linux', 'darwin', 'win32'])('holds every command once on %s', (system) => {
    const ids = items('en', system).flatMap(({ id }) => id ?? [])
    expect([...ids].sort()).toEqual(
      [...Object.values(commands), ...Object.values(pageCommands)].map(({ id }) => id).sort(),
    )
  })

  it('says everything in both languages, differently', () => {
    const names = (language: 'en' | 'zh-CN') => items(language).flatMap(({ label }) => label ?? [])
    expect(names('zh-CN')).toHaveLength(names('en').length)
    expect(names('zh-CN').filter((name) => name !== 'English' && !/\p{Script=Han}/u.test(name))).toEqual([])
    expect(names('en').filter((name) => name !== '简体中文' && /\p{Script=Han}/u.test(name))).toEqual([])
    for (const text of Object.values(labels['zh-CN'])) expect(text.trim()).not.toBe('')
  })

  it('gives no key twice, and those of the stepper to nothing else', () => {
    const keys = items().flatMap(({ accelerator }) => accelerator ?? [])
    expect(new Set(keys).size).toBe(keys.length)
    const withFunctionKeys = items().filter(({ accelerator }) => /\bF\d+$/.test(accelerator ?? ''))
    expect(withFunctionKeys.filter(({ id }) => !id?.startsWith('flow.'))).toEqual([])
  })

  it('shows the keys of the page without taking them, and has the page run its commands', () => {
    for (const { id } of Object.values(pageCommands)) {
      expect(item(id)).toMatchObject({ registerAccelerator: false })
      expect(isCommandId(id)).toBe(true)
    }
    ;(item('go.palette')?.click as unknown as () => void)()
    expect(target.runInPage).toHaveBeenCalledExactlyOnceWith('go.palette')
    expect(item('page.reload')).not.toHaveProperty('registerAccelerator')
  })

  it('ticks what is chosen', () => {
    expect(item('theme.dark')).toMatchObject({ type: 'radio', checked: true })
    expect(item('theme.light')).toMatchObject({ checked: false })
    expect(item('language.system')).toMatchObject({ checked: true })
  })

  it('does what it says', () => {
    const click = (id: string) => (item(id)?.click as unknown as () => void)()
    click('theme.light')
    expect(target.changePreferences).toHaveBeenLastCalledWith({ theme: 'light' })
    click('language.zh-CN')
    expect(target.changePreferences).toHaveBeenLastCalledWith({ language: 'zh-CN' })
    click('workspace.openFolder')
    expect(target.openWorkspaceFolder).toHaveBeenCalledOnce()
  })
})
