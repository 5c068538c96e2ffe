import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { isOwnAddress } from '../../src-main/electron/app-protocol'
import { parseWindowCommandLine } from '../../src-main/electron/command-line'
import { ReloadBudget } from '../../src-main/electron/crash-recovery'
import { fatalSentence } from '../../src-main/electron/fatal-error'
import { resolveLanguage } from '../../src-main/electron/language'
import { canvasColors } from '../../src-main/electron/window-colors'
import { SandboxError } from '../../src-main/base/sandbox-error'

vi.mock('electron', () => ({ app: {}, dialog: {}, protocol: {} }))

describe('the command line of the window', () => {
  it('finds its own options among those of Chromium', () => {
    const args = ['--no-sandbox', '/project', '--workspace', '/w', '--user-data-dir=/u', '--lang=zh-CN']
    expect(parseWindowCommandLine(args)).toMatchObject({ workspace: '/w', opensCluster: true })
    expect(parseWindowCommandLine(['--workspace=/w'])).toMatchObject({ workspace: '/w' })
    expect(parseWindowCommandLine(['--workspace'])).toMatchObject({ workspace: undefined })
    expect(parseWindowCommandLine(['--no-cluster', '--stores=1'])).toMatchObject({
      opensCluster: false,
      topology: { stores: 1 },
    })
  })
})

describe('the addresses of the screens', () => {
  it.each(['app://sandbox', 'app://sandbox/', 'app://sandbox/regions/1?at=2'])('%s is one', (address) => {
    expect(isOwnAddress(address)).toBe(true)
  })
  it.each(['app://sandbox.evil/', 'app://other/', 'https://sandbox/', 'file:///x', 'app:sandbox', ''])(
    '%j is none',
    (address) => {
      expect(isOwnAddress(address)).toBe(false)
    },
  )
})

describe('loading a page again that crashed', () => {
  it('happens three times a minute, no more', () => {
    const budget = new ReloadBudget()
    expect([0, 1000, 2000, 3000].map((atMs) => budget.spend(atMs))).toEqual([true, true, true, false])
    expect(budget.spend(60_500)).toBe(true)
    expect(budget.spend(60_600)).toBe(false)
  })
})

describe('the language of the menu', () => {
  it('is the one chosen, else the system’s, else English', () => {
    expect(resolveLanguage('zh-CN', 'en-US')).toBe('zh-CN')
    expect(resolveLanguage('en', 'zh-CN')).toBe('en')
    expect(['zh-CN', 'zh-TW', 'zh', 'en-GB', 'de', ''].map((locale) => resolveLanguage('system', locale))).toEqual([
      'zh-CN',
      'zh-CN',
      'zh-CN',
      'en',
      'en',
      'en',
    ])
  })
})

describe('the sentence of a fatal error', () => {
  it('is that of the error, with its code for looking up', () => {
    expect(fatalSentence(new SandboxError('DISK_LOCKED', 'The folder is in use.'))).toBe(
      'The folder is in use. (DISK_LOCKED)',
    )
    expect(fatalSentence(new TypeError('x is undefined'))).toMatch(/defect of its own.*x is undefined/)
  })
})

describe('the colour of the window before its page has painted', () => {
  it('is the canvas of the page', () => {
    const tokens = readFileSync(join(import.meta.dirname, '../../src-renderer/ui/tokens.css'), 'utf8')
    for (const theme of ['light', 'dark'] as const) {
      const block = tokens.slice(tokens.indexOf(`[data-theme='${theme}']`))
      expect(/--color-canvas: (#\w+)/.exec(block)?.[1]).toBe(canvasColors[theme])
    }
  })
})
