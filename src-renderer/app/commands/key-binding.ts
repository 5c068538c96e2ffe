import type { KeyBinding } from './command'

/** A key with what is held beside it. */
interface Chord {
  readonly key: string
  readonly mod: boolean
  readonly control: boolean
  readonly alt: boolean
  readonly shift: boolean
}

/** What of a keyboard event counts. */
export type PressedKey = Pick<
  KeyboardEvent,
  'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey' | 'isComposing'
>

/** Names of keys in bindings that differ from those of events. */
const EVENT_NAMES: Readonly<Record<string, string>> = {
  left: 'arrowleft',
  right: 'arrowright',
  up: 'arrowup',
  down: 'arrowdown',
  space: ' ',
  esc: 'escape',
}

const MAC_SIGNS: Readonly<Record<string, string>> = { Mod: '⌘', Ctrl: '⌃', Alt: '⌥', Shift: '⇧' }
const KEY_SIGNS: Readonly<Record<string, string>> = { Left: '←', Right: '→', Up: '↑', Down: '↓' }

function parse(binding: KeyBinding): Chord {
  const parts = binding.split('+')
  // `Mod++` is the plus key itself.
  const key = parts.at(-1) === '' ? '+' : (parts.at(-1) ?? '').toLowerCase()
  return {
    key: EVENT_NAMES[key] ?? key,
    mod: parts.includes('Mod'),
    control: parts.includes('Ctrl'),
    alt: parts.includes('Alt'),
    shift: parts.includes('Shift'),
  }
}

/** Whether a key was pressed as a binding says. */
export function matchesBinding(event: PressedKey, binding: KeyBinding, onMac: boolean): boolean {
  const chord = parse(binding)
  const pressed = event.key.toLowerCase()
  // With Alt held some layouts type signs: the place of the key on the keyboard then says which letter it is.
  const place = /^(?:Key|Digit)(.)$/.exec(event.code)?.[1]?.toLowerCase()
  if (pressed !== chord.key && !((event.altKey || event.ctrlKey || event.metaKey) && place === chord.key)) return false
  const control = chord.control || (chord.mod && !onMac)
  const meta = chord.mod && onMac
  // A sign such as `?` already says whether Shift was held.
  const isSign = chord.key.length === 1 && !/[a-z0-9 ]/.test(chord.key)
  return (
    event.ctrlKey === control &&
    event.metaKey === meta &&
    event.altKey === chord.alt &&
    (isSign || event.shiftKey === chord.shift)
  )
}

/** Whether a binding is one key with nothing held: such keys are text while somebody types. */
export function isSingleKey(binding: KeyBinding): boolean {
  const { key, mod, control, alt } = parse(binding)
  return !mod && !control && !alt && !/^f\d{1,2}$/.test(key)
}

/** A binding as a person reads it: `Ctrl+Shift+P`, `⇧⌘P`. */
export function showBinding(binding: KeyBinding, onMac: boolean): string {
  const parts = binding.split('+').map((part) => KEY_SIGNS[part] ?? part)
  if (!onMac) return parts.map((part) => (part === 'Mod' ? 'Ctrl' : part)).join('+')
  const key = parts.at(-1) ?? ''
  const order = ['Ctrl', 'Alt', 'Shift', 'Mod'].filter((held) => parts.slice(0, -1).includes(held))
  return order.map((held) => MAC_SIGNS[held]).join('') + key
}
