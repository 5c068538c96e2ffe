/** Lines of text under headings, each column as wide as its widest cell. Columns whose cells are all numbers stand to the right. */
export function textTable(headings: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const columns = headings.map((heading, column) => {
    const cells = rows.map((row) => row[column] ?? '')
    const width = Math.max(heading.length, ...cells.map((cell) => cell.length))
    const toTheRight = cells.length > 0 && cells.every((cell) => /^[\d.,-]+$/.test(cell))
    return (cell: string) => (toTheRight ? cell.padStart(width) : cell.padEnd(width))
  })
  return [headings, ...rows]
    .map((row) =>
      columns
        .map((pad, column) => pad(row[column] ?? ''))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** `1 region`, `2 regions`. */
export const counted = (count: number, what: string): string => `${String(count)} ${what}${count === 1 ? '' : 's'}`
