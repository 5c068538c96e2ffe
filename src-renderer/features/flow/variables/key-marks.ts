import type { KeyPart } from '../../../../src-main/client/views/key-view'
import { bytesToHex } from '../../../ui/format'

/** A key in a raw engine: groups of eight bytes, each followed by a marker that says how many of them count. */
const GROUP_BYTES = 8
const FULL_GROUP = 0xff

/** The key as raw engines hold it, without its timestamp. */
export function storedForm(key: Uint8Array): Uint8Array {
  const groups = Math.floor(key.length / GROUP_BYTES) + 1
  const stored = new Uint8Array(groups * (GROUP_BYTES + 1))
  for (let group = 0; group < groups; group += 1) {
    const bytes = key.subarray(group * GROUP_BYTES, (group + 1) * GROUP_BYTES)
    stored.set(bytes, group * (GROUP_BYTES + 1))
    stored[group * (GROUP_BYTES + 1) + GROUP_BYTES] = FULL_GROUP - (GROUP_BYTES - bytes.length)
  }
  return stored
}

/** Offset of bytes within others; -1 if they are not there. */
export function indexOfBytes(bytes: Uint8Array, wanted: Uint8Array, from = 0): number {
  const [first] = wanted
  if (first === undefined) return -1
  for (let at = bytes.indexOf(first, from); at !== -1; at = bytes.indexOf(first, at + 1)) {
    if (at + wanted.length > bytes.length) return -1
    let matched = 1
    while (matched < wanted.length && bytes[at + matched] === wanted[matched]) matched += 1
    if (matched === wanted.length) return at
  }
  return -1
}

/** Places of a key that are marked; more are not told apart by eye. */
const MOST_MARKS = 16

/** Where a key stands in data: as it is, or in the form that raw engines hold it in. */
export function keyMarks(bytes: Uint8Array, key: Uint8Array | undefined): readonly KeyPart[] {
  if (key === undefined || key.length === 0) return []
  const text = `0x${bytesToHex(key)}`
  for (const form of [key, storedForm(key)]) {
    const marks: KeyPart[] = []
    for (let at = indexOfBytes(bytes, form); at !== -1 && marks.length < MOST_MARKS;) {
      marks.push({ kind: 'user', start: at, end: at + form.length, text })
      at = indexOfBytes(bytes, form, at + form.length)
    }
    if (marks.length > 0) return marks
  }
  return []
}
