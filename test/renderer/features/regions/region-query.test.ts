import { describe, expect, it } from 'vitest'
import { isFiltered, readChoices, writeChoices } from '../../../../src-renderer/features/regions/region-query'

const usual = readChoices({})

describe('what is chosen on the screen of regions', () => {
  it('comes back from the address that it was written into', () => {
    const choices = {
      ...usual,
      text: 'users',
      concerns: ['no-leader', 'lagging'] as const,
      tableId: 60001,
      storeId: 20002,
      sortBy: 'sizeBytes' as const,
      descending: true,
      groupBy: 'table' as const,
      columns: 'raft' as const,
      charts: false,
    }
    const written = writeChoices(choices, { inspect: 'region-80001' })
    expect(written['inspect']).toBe('region-80001')
    const asText = Object.fromEntries(Object.entries(written).map(([name, value]) => [name, String(value)]))
    expect(readChoices(asText)).toEqual(choices)
  })

  it('leaves nothing in the address that is as usual', () => {
    expect(Object.values(writeChoices(usual, {})).filter((value) => value !== undefined)).toEqual([])
  })

  it('is as usual where the address says nonsense', () => {
    expect(readChoices({ sort: 'colour', group: 'x', columns: '', table: '-1', concern: 'all', order: 'up' })).toEqual(
      usual,
    )
  })

  it('is a filter only if rows may be left out', () => {
    expect(isFiltered(usual)).toBe(false)
    expect(isFiltered({ ...usual, groupBy: 'leader', sortBy: 'lag', columns: 'all' })).toBe(false)
    expect(isFiltered({ ...usual, concerns: ['degraded'] })).toBe(true)
  })
})
