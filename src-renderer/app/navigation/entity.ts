/** Anything of the cluster that a person may point at. Keys are in hex. */
export type Entity =
  | { readonly kind: 'coordinator'; readonly nodeId: number }
  | { readonly kind: 'store'; readonly storeId: number }
  | { readonly kind: 'region'; readonly regionId: number }
  | { readonly kind: 'table'; readonly tableId: number }
  | { readonly kind: 'key'; readonly hex: string }
  | { readonly kind: 'entry'; readonly regionId: number; readonly storeId: number; readonly index: number }
  | { readonly kind: 'job'; readonly jobId: number }

/** The entity in one word, as addresses carry it: `region-80001`, `entry-80001-20001-7`. */
export function entityWord(entity: Entity): string {
  switch (entity.kind) {
    case 'coordinator':
      return `coordinator-${entity.nodeId}`
    case 'store':
      return `store-${entity.storeId}`
    case 'region':
      return `region-${entity.regionId}`
    case 'table':
      return `table-${entity.tableId}`
    case 'key':
      return `key-${entity.hex}`
    case 'entry':
      return `entry-${entity.regionId}-${entity.storeId}-${entity.index}`
    case 'job':
      return `job-${entity.jobId}`
  }
}

/** The entity that a word names; undefined for a word that names none. */
export function parseEntityWord(word: string): Entity | undefined {
  const [, key] = /^key-((?:[0-9a-f]{2})*)$/.exec(word) ?? []
  if (key !== undefined) return { kind: 'key', hex: key }
  const [, kind, ...digits] = /^([a-z]+)-(\d{1,15})(?:-(\d{1,15})-(\d{1,15}))?$/.exec(word) ?? []
  const [first = 0, second, third] = digits.map((each) => (each === undefined ? undefined : Number(each)))
  if (kind === 'entry') {
    if (second === undefined || third === undefined) return undefined
    return { kind, regionId: first, storeId: second, index: third }
  }
  if (second !== undefined) return undefined
  switch (kind) {
    case 'coordinator':
      return { kind, nodeId: first }
    case 'store':
      return { kind, storeId: first }
    case 'region':
      return { kind, regionId: first }
    case 'table':
      return { kind, tableId: first }
    case 'job':
      return { kind, jobId: first }
    default:
      return undefined
  }
}

/** The screen on which an entity is at home, as an address of the router. */
export function entityAddress(entity: Entity): string {
  switch (entity.kind) {
    case 'coordinator':
    case 'store':
      return `/cluster?inspect=${entityWord(entity)}`
    case 'region':
      return `/regions/${entity.regionId}`
    case 'table':
      return `/tables/${entity.tableId}`
    case 'key':
      return `/keyspace?key=${entity.hex}`
    case 'entry':
      return `/regions/${entity.regionId}?tab=log&store=${entity.storeId}&entry=${entity.index}`
    case 'job':
      return `/cluster?inspect=${entityWord(entity)}`
  }
}
