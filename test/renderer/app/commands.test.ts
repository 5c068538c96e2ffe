import { effectScope } from 'vue'
import { describe, expect, it, vi } from 'vitest'
import type { Command } from '../../../src-renderer/app/commands/command'
import { allCommands, findCommand, provideCommands } from '../../../src-renderer/app/commands/command-registry'
import { bestMatches, fuzzyMatch } from '../../../src-renderer/app/commands/fuzzy-match'
import { isSingleKey, matchesBinding, showBinding } from '../../../src-renderer/app/commands/key-binding'
import { commandOfKey } from '../../../src-renderer/app/commands/keyboard'
import { runCommand } from '../../../src-renderer/app/commands/run-command'
import { notice } from '../../../src-renderer/app/notice'

const command = (id: string, more: Partial<Command> = {}): Command => ({
  id,
  title: () => id,
  group: 'go',
  run: () => undefined,
  ...more,
})
const press = (key: string, held: Partial<KeyboardEvent> = {}) =>
  ({
    key,
    code: '',
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    isComposing: false,
    target: document.body,
    ...held,
  }) as KeyboardEvent

describe('the registry', () => {
  it('offers commands as long as whoever offers them lives; the last one to offer an id holds it', () => {
    const shell = effectScope()
    const screen = effectScope()
    const [general, special] = [command('go.find'), command('go.find')]
    shell.run(() => provideCommands([general]))
    screen.run(() => provideCommands([special]))
    expect(findCommand('go.find')).toBe(special)
    expect(allCommands()).toEqual([special])
    screen.stop()
    expect(findCommand('go.find')).toBe(general)
    shell.stop()
    expect(findCommand('go.find')).toBeUndefined()
  })

  it('says why a command cannot run, and how one failed', async () => {
    const scope = effectScope()
    const run = vi.fn()
    scope.run(() =>
      provideCommands([
        command('a.one', { unavailable: () => 'not now', run }),
        command('a.two', { run: () => Promise.reject(new Error('no')) }),
      ]),
    )
    expect(await runCommand('a.one')).toBe(false)
    expect(run).not.toHaveBeenCalled()
    expect(notice.value).toEqual({ kind: 'reason', title: 'a.one', text: 'not now' })
    expect(await runCommand('a.two')).toBe(false)
    expect(notice.value).toMatchObject({
      kind: 'error',
      error: { code: 'DOOR_UNREACHABLE', details: { reason: 'no' } },
    })
    expect(await runCommand('a.three')).toBe(false)
    scope.stop()
  })
})

describe('keys', () => {
  it('mean what their bindings say, on both kinds of keyboards', () => {
    expect(matchesBinding(press('P', { ctrlKey: true, shiftKey: true }), 'Mod+Shift+P', false)).toBe(true)
    expect(matchesBinding(press('P', { ctrlKey: true, shiftKey: true }), 'Mod+P', false)).toBe(false)
    expect(matchesBinding(press('p', { metaKey: true }), 'Mod+P', true)).toBe(true)
    expect(matchesBinding(press('p', { ctrlKey: true }), 'Mod+P', true)).toBe(false)
    expect(matchesBinding(press('1', { ctrlKey: true }), 'Ctrl+1', true)).toBe(true)
    expect(matchesBinding(press('ArrowLeft', { altKey: true }), 'Alt+Left', false)).toBe(true)
    expect(matchesBinding(press('F11', { shiftKey: true }), 'Shift+F11', false)).toBe(true)
    expect(matchesBinding(press('F11', { shiftKey: true }), 'F11', false)).toBe(false)
    expect(matchesBinding(press('?', { shiftKey: true }), '?', false)).toBe(true)
    expect(matchesBinding(press('∑', { altKey: true, code: 'KeyW' }), 'Alt+W', true)).toBe(true)
  })

  it('are shown as each system writes them', () => {
    expect(showBinding('Mod+Shift+P', false)).toBe('Ctrl+Shift+P')
    expect(showBinding('Mod+Shift+P', true)).toBe('⇧⌘P')
    expect(showBinding('Alt+Left', false)).toBe('Alt+←')
  })

  it('with nothing held are text where somebody types, but for those that are never text', () => {
    expect(['?', 'Space', 'Shift+T'].map(isSingleKey)).toEqual([true, true, true])
    expect(['F5', 'Mod+P', 'Alt+W'].map(isSingleKey)).toEqual([false, false, false])
    const commands = [command('help.keys', { keys: ['?'] }), command('flow.run', { keys: ['F5'] })]
    const input = document.createElement('input')
    expect(commandOfKey(press('?'), commands)?.id).toBe('help.keys')
    expect(commandOfKey(press('?', { target: input }), commands)).toBeUndefined()
    expect(commandOfKey(press('F5', { target: input }), commands)?.id).toBe('flow.run')
  })

  it('that pick a character, and keys in a dialog, are no commands', () => {
    const commands = [command('go.entity', { keys: ['Mod+P'] })]
    expect(commandOfKey(press('p', { ctrlKey: true }), commands)?.id).toBe('go.entity')
    expect(commandOfKey(press('p', { ctrlKey: true, isComposing: true }), commands)).toBeUndefined()
    const dialog = document.createElement('div')
    dialog.setAttribute('role', 'dialog')
    dialog.append(document.createElement('button'))
    expect(commandOfKey(press('p', { ctrlKey: true, target: dialog.firstChild }), commands)).toBeUndefined()
  })

  it('have others in a browser where it keeps the usual ones for itself', () => {
    const commands = [command('flow.run', { keys: ['F5'], browserKeys: ['Alt+F5'] })]
    expect(commandOfKey(press('F5'), commands)).toBeUndefined()
    expect(commandOfKey(press('F5', { altKey: true }), commands)?.id).toBe('flow.run')
  })
})

describe('what was typed', () => {
  it('finds letters in their order, whole words first', () => {
    expect(fuzzyMatch('xyz', 'Show Regions')).toBeUndefined()
    expect(fuzzyMatch('sr', 'Show Regions')?.at).toEqual([0, 5])
    expect(bestMatches('reg', ['Where is green', 'Show Regions'], (text) => text)[0]).toBe('Show Regions')
    expect(bestMatches('', ['b', 'a'], (text) => text)).toEqual(['b', 'a'])
  })
})
