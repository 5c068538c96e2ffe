/** The name of a value on the wire; a number that this version does not know as such. */
export function enumName(names: object, value: number): string {
  return (names as Readonly<Record<number, string | undefined>>)[value] ?? String(value)
}
