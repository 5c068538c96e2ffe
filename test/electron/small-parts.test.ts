import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { isOwnAddress } from '../../src-main/electron/app-protocol'
import { parseWindowCommandLine } from '../../src-main/electron/command-line'
import { ReloadBudget } from '../../src-main/electron/crash-recovery'
import { isOwnBlob } from '../../src-main/electron/downloads'
import { FatalEnd, fatalSentence } from '../../src-main/sandbox/log/fatal-end'
import { resolveLanguage } from '../../src-main/electron/language'
import { OrderlyQuit } from '../../src-main/electron/orderly-quit'
import { isCommandId } from '../../src-main/electron/preload/window-host'
import { canvasColors } from '../../src-main/electron/window-colors'
import { SandboxError } from '../../src-main/base/sandbox-error'
import type { ProgramLog } from '../../src-main/sandbox/log/program-log'

vi.mock('electron', () => ({ app: {}, dialog: {}, protocol: {}, shell: {} }))

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

describe('what a page may save', () => {
  it('is what it made itself, and nothing else', () => {
    expect(isOwnBlob('blob:app://sandbox/6f1c-2b')).toBe(true)
    for (const other of [
      'blob:https://example.org/1',
      'blob:app://sandbox.evil/1',
      'app://sandbox/assets/a.js',
      'data:,x',
      '',
    ]) {
      expect(isOwnBlob(other)).toBe(false)
    }
  })
})

describe('an id of a command from the menu', () => {
  it('is two names and nothing else', () => {
    expect(isCommandId('session.new')).toBe(true)
    for (const other of ['session', 'a.b.c', 'a.<b>', '__proto__', `a.${'b'.repeat(80)}`, '', 7, undefined, {}]) {
      expect(isCommandId(other)).toBe(false)
    }
  })
})

describe('the end of the program', () => {
  const world = () => {
    let ended: () => void = () => undefined
    let failed: (error: Error) => void = () => undefined
    const ending = new Promise<void>((resolve, reject) => {
      ended = resolve
      failed = reject
    })
    const parts = {
      end: vi.fn(() => ending),
      leave: vi.fn(),
      exitAtOnce: vi.fn(),
      report: vi.fn(() => Promise.resolve()),
    }
    return { ended, failed, parts, quit: new OrderlyQuit(parts) }
  }

  it('waits for what ends in order, then lets the window go', async () => {
    const { quit, parts, ended } = world()
    expect(quit.mayLeave()).toBe(false)
    expect(parts.leave).not.toHaveBeenCalled()
    ended()
    await vi.waitFor(() => expect(parts.leave).toHaveBeenCalledOnce())
    expect(quit.mayLeave()).toBe(true)
    expect(quit.wanted.aborted).toBe(true)
    expect(parts.end).toHaveBeenCalledOnce()
    expect(parts.exitAtOnce).not.toHaveBeenCalled()
  })

  it('comes at once when it is asked for a second time', () => {
    const { quit, parts } = world()
    quit.mayLeave()
    expect(quit.mayLeave()).toBe(false)
    expect(parts.exitAtOnce).toHaveBeenCalledOnce()
    expect(parts.end).toHaveBeenCalledOnce()
  })

  it('comes even if something does not end, and says what before', async () => {
    const { quit, parts, failed } = world()
    parts.report.mockImplementation(() => Promise.resolve(expect(parts.exitAtOnce).not.toHaveBeenCalled()))
    expect(quit.wanted.aborted).toBe(false)
    quit.mayLeave()
    const error = new Error('store-1 did not end')
    failed(error)
    await vi.waitFor(() => expect(parts.exitAtOnce).toHaveBeenCalledOnce())
    expect(parts.report).toHaveBeenCalledExactlyOnceWith(error)
  })
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

describe('a program that cannot go on', () => {
  const world = () => {
    const steps: string[] = []
    const step = (name: string) => (text?: unknown) => {
      steps.push(typeof text === 'string' ? `${name}: ${text}` : name)
      return Promise.resolve()
    }
    const log: ProgramLog = {
      directory: '/logs',
      write: (level, event, { where, message, stack }) =>
        steps.push(`log: ${level} ${event} ${String(where)} ${String(message)} ${String(typeof stack)}`),
      close: () => Promise.resolve(),
    }
    const print = vi.fn()
    const parts = { print, closeLog: step('closeLog'), tell: step('tell'), exit: () => void steps.push('exit') }
    return { steps, print, log, end: new FatalEnd(parts) }
  }

  it('writes the reason to its log and tells the person before it ends', async () => {
    const { steps, print, log, end } = world()
    end.logTo(log)
    await end.begin(new TypeError('x is undefined'), 'uncaught exception')
    expect(steps).toEqual([
      'log: error defect uncaught exception x is undefined string',
      'closeLog',
      'tell: The program met a defect of its own and cannot go on: x is undefined',
      'exit',
    ])
    expect(print.mock.calls.join('')).toMatch(/x is undefined[^]*\n\s+at /)
  })

  it('tells the person where there is no log yet, and ends even if it cannot', async () => {
    const { steps, end } = world()
    await end.begin('no words', 'start')
    expect(steps).toEqual(['tell: The program met a defect of its own and cannot go on: no words', 'exit'])
    const exit = vi.fn()
    const parts = { print: vi.fn(), closeLog: vi.fn(), tell: () => Promise.reject(new Error('no screen')), exit }
    await expect(new FatalEnd(parts).begin('no words', 'start')).rejects.toThrow('no screen')
    expect(exit).toHaveBeenCalledOnce()
  })

  it('ends once: what fails meanwhile is printed', async () => {
    const { steps, print, end } = world()
    await Promise.all([end.begin(new Error('first'), 'start'), end.begin(new Error('second'), 'start')])
    expect(steps.filter((step) => step === 'exit')).toHaveLength(1)
    expect(steps.join()).not.toContain('second')
    expect(print.mock.calls.join('')).toContain('second')
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
