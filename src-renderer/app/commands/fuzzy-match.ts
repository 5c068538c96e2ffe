/** How well a text answers what was typed: the places that match, and a score; higher is better. */
export interface Match {
  readonly score: number
  /** Places in the text, ascending. */
  readonly at: readonly number[]
}

const isWordStart = (text: string, at: number) =>
  at === 0 || /[\s/_.:·-]/.test(text[at - 1] ?? '') || /[a-z][A-Z]/.test(text.slice(at - 1, at + 1))

/**
 * Finds the letters of a query in a text, in their order. Letters side by side and at the beginning of words count more,
 * and so do short texts.
 *
 * @returns undefined if a letter is missing
 */
export function fuzzyMatch(query: string, text: string): Match | undefined {
  const wanted = query.toLowerCase().replace(/\s+/g, '')
  if (wanted === '') return { score: 0, at: [] }
  const lower = text.toLowerCase()
  const whole = lower.indexOf(query.trim().toLowerCase())
  if (whole !== -1) {
    const length = query.trim().length
    const at = Array.from({ length }, (_, step) => whole + step)
    return { score: 100 + 10 * length + (isWordStart(text, whole) ? 20 : 0) - whole - text.length / 100, at }
  }
  const at: number[] = []
  let score = 0
  let from = 0
  for (const letter of wanted) {
    const found = lower.indexOf(letter, from)
    if (found === -1) return undefined
    score += (found === from && from > 0 ? 4 : 0) + (isWordStart(text, found) ? 3 : 0) - (found - from) / 10
    at.push(found)
    from = found + 1
  }
  return { score: score - text.length / 100, at }
}

/** What matches, the best first; equals stay in their order. */
export function bestMatches<Item>(
  query: string,
  items: readonly Item[],
  textOf: (item: Item) => string,
): readonly Item[] {
  return items
    .flatMap((item) => {
      const match = fuzzyMatch(query, textOf(item))
      return match === undefined ? [] : [{ item, score: match.score }]
    })
    .sort((one, other) => other.score - one.score)
    .map(({ item }) => item)
}
