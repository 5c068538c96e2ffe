/** Less than 0, 0 or more than 0 as `left` sorts before, with or after `right`: bytewise, unsigned, as the regions' ranges do. */
export function compareKeys(left: Uint8Array, right: Uint8Array): number {
  const shared = Math.min(left.length, right.length)
  for (let position = 0; position < shared; position++) {
    const difference = (left[position] ?? 0) - (right[position] ?? 0)
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

export const smallerKey = (left: Uint8Array, right: Uint8Array): Uint8Array =>
  compareKeys(left, right) <= 0 ? left : right

export const largerKey = (left: Uint8Array, right: Uint8Array): Uint8Array =>
  compareKeys(left, right) >= 0 ? left : right

/** The key right behind this one: nothing sorts between the two. */
export function nextKey(key: Uint8Array): Uint8Array {
  const next = new Uint8Array(key.length + 1)
  next.set(key)
  return next
}

/** The first key behind all that start with the prefix; undefined if the prefix is empty or nothing but 0xff. */
export function endOfPrefix(prefix: Uint8Array): Uint8Array | undefined {
  let length = prefix.length
  while (length > 0 && prefix[length - 1] === 0xff) length--
  if (length === 0) return undefined
  const end = prefix.slice(0, length)
  end[length - 1] = (prefix[length - 1] ?? 0) + 1
  return end
}

/** Lower-case hex, for messages and for the wire's text fields. */
export function toHex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0')
  return text
}

/** The reverse of {@link toHex}; undefined if the text is not whole bytes of hex. */
export function fromHex(text: string): Uint8Array | undefined {
  if (!/^(?:[0-9a-f]{2})*$/i.test(text)) return undefined
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}
