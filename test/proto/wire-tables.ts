/** One field as a table writes it: `name=number:type`. */
export interface TableField {
  readonly name: string
  readonly number: number
  readonly type: string
  readonly isRepeated: boolean
  readonly oneof: string | undefined
}

/** What the tables say of one package. */
export interface TablePackage {
  readonly name: string
  /** By name; a nested message by `Outer.Inner`. */
  readonly messages: Map<string, readonly TableField[]>
  readonly enums: Map<string, ReadonlyMap<string, number>>
  /** `Request -> Response` by method. */
  readonly methods: Map<string, string>
}

const HEADING = /^### 1\.\d+ (\w+)\.proto\b(?:.*?package `([\w.]+)`)?/
const ROW = /^\|\s*(.+?)\s*\|\s*(.*?)\s*\|(?:.*\|)?$/
const FIELD = /`(\w+)=(\d+):(\[\])?(map<\w+,\s*[\w.]+>|[\w.]+)(?:\{(\w+)\})?`/g
const METHOD = /^\**`([\w.]+)` -> `([\w.]+)`\**/

/** Reads the tables of the protocol's reference on its own: nothing here knows the descriptors. */
export function readWireTables(markdown: string): readonly TablePackage[] {
  const packages: TablePackage[] = []
  let current: TablePackage | undefined
  let table = ''
  for (const line of markdown.split('\n')) {
    if (line.startsWith('#')) {
      const heading = HEADING.exec(line)
      current = undefined
      table = ''
      if (heading?.[1] === undefined) continue
      const name = heading[2] ?? `dingodb.pb.${heading[1]}`
      current = { name, messages: new Map(), enums: new Map(), methods: new Map() }
      packages.push(current)
      continue
    }
    const row = ROW.exec(line)
    if (row === null) {
      table = ''
      continue
    }
    const [, first = '', second = ''] = row
    if (current === undefined || first.startsWith('---')) continue
    if (['Message', 'Enum', 'Method'].includes(first)) table = first
    else if (table === 'Message') current.messages.set(unquote(first), readFields(second))
    else if (table === 'Enum') current.enums.set(unquote(first), readValues(second))
    else if (table === 'Method') {
      const method = METHOD.exec(second)
      if (method !== null) current.methods.set(unquote(first), `${method[1] ?? ''} -> ${method[2] ?? ''}`)
    }
  }
  return packages
}

function readFields(cell: string): readonly TableField[] {
  return [...cell.matchAll(FIELD)].map(([, name = '', number, repeated, type = '', oneof]) => ({
    name,
    number: Number(number),
    type: type.replace(/\s/g, ''),
    isRepeated: repeated !== undefined,
    oneof,
  }))
}

function readValues(cell: string): ReadonlyMap<string, number> {
  return new Map([...cell.matchAll(/(\w+)=(-?\d+)/g)].map(([, name = '', value]) => [name, Number(value)]))
}

function unquote(cell: string): string {
  return cell.replace(/[`*]/g, '').trim()
}
