import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ThemeSwitch, resolveTheme } from '../../../src-renderer/app/theme'

/** The system's choice of colours, which a test can change. */
class SystemTheme extends EventTarget {
  matches = false
  turn(dark: boolean): void {
    this.matches = dark
    this.dispatchEvent(new Event('change'))
  }
}

describe('the theme', () => {
  it('is the one chosen, else the system’s', () => {
    expect(resolveTheme('light', true)).toBe('light')
    expect(resolveTheme('dark', false)).toBe('dark')
    expect(resolveTheme('system', true)).toBe('dark')
    expect(resolveTheme('system', false)).toBe('light')
  })

  it('follows the system while that is the preference, and no longer', () => {
    const system = new SystemTheme()
    const root = document.createElement('html')
    const themeSwitch = new ThemeSwitch(root, system as unknown as MediaQueryList, 'system')
    const shown = () => root.dataset['theme']
    expect(shown()).toBe('light')
    system.turn(true)
    expect(shown()).toBe('dark')
    themeSwitch.prefer('light')
    system.turn(false)
    system.turn(true)
    expect(shown()).toBe('light')
    themeSwitch.prefer('system')
    expect(shown()).toBe('dark')
  })
})

describe('the tokens', () => {
  const css = readFileSync(join(import.meta.dirname, '../../../src-renderer/ui/tokens.css'), 'utf8')
  const colours = (theme: string) => {
    const block = css.slice(css.indexOf(`[data-theme='${theme}']`)).split('}')[0] ?? ''
    return new Map([...block.matchAll(/--(color-[\w-]+): (#\w{6});/g)].map(([, name = '', hex = '']) => [name, hex]))
  }
  /** WCAG 2.2, relative luminance and contrast ratio. */
  const luminance = (hex: string) => {
    const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
      const channel = parseInt(hex.slice(at, at + 2), 16) / 255
      return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const contrast = (a: string, b: string) => {
    const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y)
    return (light + 0.05) / (dark + 0.05)
  }

  it('name the same colours in both themes', () => {
    expect([...colours('dark').keys()]).toEqual([...colours('light').keys()])
    expect(colours('dark').size).toBeGreaterThan(10)
  })

  const grounds = ['color-canvas', 'color-bar', 'color-surface', 'color-hover', 'color-chosen']
  it.each(['light', 'dark'])('can be read in %s: 4.5:1 for text, 3:1 for signs', (theme) => {
    const palette = colours(theme)
    const of = (name: string) => palette.get(name) ?? ''
    const tooFaint = (foreground: string, backgrounds: readonly string[], ratio: number) =>
      backgrounds
        .filter((ground) => contrast(of(foreground), of(ground)) < ratio)
        .map((ground) => `${foreground} on ${ground}`)
    expect([
      ...tooFaint('color-text', grounds, 4.5),
      ...tooFaint('color-text-muted', grounds, 4.5),
      ...tooFaint('color-alarm', ['color-alarm-surface', 'color-surface', 'color-bar'], 4.5),
      ...tooFaint('color-accent', grounds, 3),
      ...tooFaint('color-line-strong', ['color-canvas', 'color-bar', 'color-surface'], 3),
      ...tooFaint('color-chosen-line', ['color-bar'], 3),
    ]).toEqual([])
  })
})
