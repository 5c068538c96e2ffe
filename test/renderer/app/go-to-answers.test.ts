import { describe, expect, it } from 'vitest'
import { placesThatMatch, typedKey } from '../../../src-renderer/app/go-to/go-to-answers'
import type { ClusterOverview } from '../../../src-main/client/views/overview'
import type { TableNode } from '../../../src-main/client/views/tables'

const tables = [{ tableId: 60001, name: 'users', schema: 'DINGO' }] as unknown as readonly TableNode[]
const overview = {
  stores: [{ storeId: 20001, ordinal: 1, serverAddress: '127.0.0.1:20001' }],
  coordinators: [{ nodeId: 22001, serverAddress: '127.0.0.1:22001' }],
  tiles: [{ regionId: 80001, name: 'T_users' }],
} as unknown as ClusterOverview
const screens = [{ path: '/regions', title: 'Regions' }]
const find = (typed: string) => placesThatMatch(typed, { overview, tables, screens }, (kind) => kind)

describe('go to', () => {
  it.each([
    ['users', '/tables/60001'],
    ['R80001', '/regions/80001'],
    ['80001', '/regions/80001'],
    ['S1', '/cluster?inspect=store-20001'],
    ['C1', '/cluster?inspect=coordinator-22001'],
    ['regions', '/regions'],
  ])('%s leads to %s', (typed, address) => {
    expect(find(typed)[0]?.address).toBe(address)
  })

  it('a region that the overview does not show is found by its id', () => {
    expect(find('r99999').map(({ address }) => address)).toEqual(['/regions/99999'])
  })

  it('tells keys from names', () => {
    expect(typedKey('users/42', tables)).toEqual({ kind: 'table', tableId: 60001, text: '42' })
    expect(typedKey('users/', tables)).toEqual({ kind: 'table', tableId: 60001, text: '' })
    expect(typedKey('0x72 00', tables)).toEqual({ kind: 'raw', hex: '7200' })
    expect(typedKey('7200ea61', tables)).toEqual({ kind: 'raw', hex: '7200ea61' })
    expect(typedKey('orders/42', tables)).toBeUndefined()
    expect(typedKey('80001', tables)).toBeUndefined()
    expect(typedKey('0x720', tables)).toBeUndefined()
  })
})
