import type { KeyInput } from '../../../src-main/client/views/keyspace'
import type { KeyView } from '../../../src-main/client/views/key-view'
import type { ClusterOverview } from '../../../src-main/client/views/overview'
import type { TableNode } from '../../../src-main/client/views/tables'
import { bytesToHex } from '../../ui/format'
import { bestMatches } from '../commands/fuzzy-match'
import type { Entity } from '../navigation/entity'
import { entityAddress } from '../navigation/entity'
import type { PickItem } from '../pick/pick'

/** A place to go to. */
export interface GoToItem extends PickItem {
  readonly address: string
}

/** The kinds of places, in words. */
export type GoToKind = 'store' | 'coordinator' | 'region' | 'table' | 'key' | 'screen'

/** More answers nobody reads. */
const MOST_ANSWERS = 60

/**
 * What was typed, if it may be a key: `users/42` of a table that there is, `0x7200…` or bytes of hex otherwise.
 *
 * @returns undefined if it cannot be a key
 */
export function typedKey(typed: string, tables: readonly TableNode[]): KeyInput | undefined {
  const text = typed.trim()
  const slash = text.indexOf('/')
  if (slash > 0) {
    const table = tables.find(({ name }) => name === text.slice(0, slash))
    if (table !== undefined) return { kind: 'table', tableId: table.tableId, text: text.slice(slash + 1) }
  }
  const hex = text.replace(/^0x/i, '').replace(/\s+/g, '').toLowerCase()
  const isHex = hex.length >= 2 && hex.length % 2 === 0 && /^[0-9a-f]+$/.test(hex)
  // Four figures are rather the id of something, unless it is said that they are hex.
  return isHex && (/^0x/i.test(text) || hex.length >= 8) && !/^\d{1,7}$/.test(text) ? { kind: 'raw', hex } : undefined
}

/** The answer for a key that the host has understood. */
export function keyAnswer(key: KeyView, kindName: string): GoToItem {
  const hex = bytesToHex(key.bytes)
  return {
    id: `key-${hex}`,
    label: key.text,
    detail: kindName,
    mono: true,
    address: entityAddress({ kind: 'key', hex }),
  }
}

/** All places that have a name or an id and match what was typed, the best first. */
export function placesThatMatch(
  typed: string,
  places: {
    readonly overview: ClusterOverview | undefined
    readonly tables: readonly TableNode[]
    readonly screens: ReadonlyArray<{ readonly path: string; readonly title: string }>
  },
  kindName: (kind: GoToKind) => string,
): readonly GoToItem[] {
  const { overview, tables, screens } = places
  const item = (entity: Entity, kind: GoToKind, label: string, detail = ''): GoToItem => ({
    id: `${kind}-${label}`,
    label,
    detail: [kindName(kind), detail].filter((part) => part !== '').join(' · '),
    mono: true,
    address: entityAddress(entity),
  })
  const all: GoToItem[] = [
    ...screens.map(({ path, title }) => ({ id: path, label: title, detail: kindName('screen'), address: path })),
    ...tables.map(({ tableId, name, schema }) =>
      item({ kind: 'table', tableId }, 'table', name, `${schema} ${tableId}`),
    ),
    ...(overview?.stores ?? []).map(({ storeId, ordinal, serverAddress }) =>
      item({ kind: 'store', storeId }, 'store', `S${ordinal}`, `${storeId} ${serverAddress}`),
    ),
    ...(overview?.coordinators ?? []).map(({ nodeId, serverAddress }, at) =>
      item({ kind: 'coordinator', nodeId }, 'coordinator', `C${at + 1}`, `${nodeId} ${serverAddress}`),
    ),
    ...(overview?.tiles ?? []).map(({ regionId, name }) =>
      item({ kind: 'region', regionId }, 'region', `R${regionId}`, name),
    ),
  ]
  const matching = bestMatches(typed, all, ({ label, detail }) => `${label} ${detail ?? ''}`)
  // A region beyond those of the overview is found by its id alone.
  const regionId = /^r?(\d{1,15})$/i.exec(typed.trim())?.[1]
  const isKnown = regionId === undefined || matching.some(({ id }) => id === `region-R${regionId}`)
  const byId = isKnown ? [] : [item({ kind: 'region', regionId: Number(regionId) }, 'region', `R${regionId}`)]
  return [...matching.slice(0, MOST_ANSWERS), ...byId]
}
