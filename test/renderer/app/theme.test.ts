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
      ...tooFaint('color-text', ['color-raised', 'color-selected'], 4.5),
      ...tooFaint('color-text-muted', ['color-raised', 'color-selected'], 4.5),
      ...tooFaint('color-on-accent', ['color-accent', 'color-accent-strong'], 4.5),
      ...tooFaint('color-done-by-person', ['color-canvas', 'color-surface', 'color-done-by-person-surface'], 4.5),
      ...tooFaint('color-stale', ['color-canvas', 'color-surface'], 4.5),
      ...tooFaint(
        'color-text',
        [...palette.keys()].filter((name) => /^color-(term|part)-|-soft$/.test(name)),
        4.5,
      ),
      ...stores.flatMap((store) => tooFaint(store, ['color-canvas', 'color-surface', `${store}-soft`], 3)),
    ]).toEqual([])
  })

  const stores = Array.from({ length: 8 }, (_, at) => `color-store-${at + 1}`)
  /** What eyes with one kind of cones less see of a colour: Viénot, Brettel and Mollon (1999), in linear light. */
  const eyes: Readonly<Record<string, readonly number[]>> = {
    usual: [1, 0, 0, 0, 1, 0, 0, 0, 1],
    protan: [0.11238, 0.88762, 0, 0.11238, 0.88762, 0, 0.00401, -0.00401, 1],
    deutan: [0.29275, 0.70725, 0, 0.29275, 0.70725, 0, -0.02234, 0.02234, 1],
  }
  /** As lightness and two axes of hue (OKLab), where distances are about as large as they look. */
  const seen = (hex: string, matrix: readonly number[]) => {
    const linear = [1, 3, 5].map((at) => {
      const channel = parseInt(hex.slice(at, at + 2), 16) / 255
      return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
    })
    const apply = (rows: readonly number[], of: readonly number[]) =>
      [0, 3, 6].map((row) => [0, 1, 2].reduce((sum, at) => sum + (rows[row + at] ?? 0) * (of[at] ?? 0), 0))
    const rgb = apply(matrix, linear).map((channel) => Math.min(1, Math.max(0, channel)))
    const cones = apply(
      [
        0.4122214708, 0.5363325363, 0.0514459929, 0.2119034982, 0.6806995451, 0.1073969566, 0.0883024619, 0.2817188376,
        0.6299787005,
      ],
      rgb,
    ).map(Math.cbrt)
    return apply(
      [
        0.2104542553, 0.793617785, -0.0040720468, 1.9779984951, -2.428592205, 0.4505937099, 0.0259040371, 0.7827717662,
        -0.808675766,
      ],
      cones,
    )
  }
  const looks = Object.keys(eyes).flatMap((eye) => ['light', 'dark'].map((theme) => [theme, eye] as const))
  it.each(looks)('tell the stores apart in %s, for %s eyes', (theme, eye) => {
    const palette = colours(theme)
    const of = (name: string) => seen(palette.get(name) ?? '', eyes[eye] ?? [])
    const distance = (one: string, other: string) =>
      Math.hypot(...of(one).map((part, at) => part - (of(other)[at] ?? 0)))
    const pairs = stores.flatMap((one, at) => stores.slice(at + 1).map((other) => [one, other] as const))
    const alike = pairs
      .map(([one, other]) => [one, other, distance(one, other)] as const)
      .filter(([, , far]) => far < 0.07)
    expect(alike).toEqual([])
  })
})
