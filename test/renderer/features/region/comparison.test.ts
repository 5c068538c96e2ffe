import { describe, expect, it } from 'vitest'
import { compareReplicas } from '../../../../src-renderer/features/region/replicas/comparison'
import { someDetail, someFields } from './some-detail'

const rowOf = (detail: ReturnType<typeof someDetail>, field: string) =>
  compareReplicas(detail).find((row) => row.field === field)

describe('the comparison of replicas', () => {
  it('marks nobody where all agree', () => {
    const cells = compareReplicas(someDetail()).flatMap(({ coordinator, replicas }) => [coordinator, ...replicas])
    expect(cells.filter((cell) => cell?.differs)).toEqual([])
  })

  it('marks the replica that differs from the coordinators', () => {
    const detail = someDetail({ differing: ['version'] }, [someFields(), someFields({ version: 2 })])
    expect(rowOf(detail, 'version')?.replicas).toEqual([
      { text: '3', differs: false },
      { text: '2', differs: true },
    ])
    expect(rowOf(detail, 'confVersion')?.replicas.some((cell) => cell?.differs)).toBe(false)
  })

  it('compares states between stores only', () => {
    const states = ['NORMAL', 'NORMAL', 'TOMBSTONE'].map((state) => someFields({ state }))
    const row = rowOf(someDetail({ differing: ['state'] }, states), 'state')
    expect(row?.coordinator).toEqual({ text: 'REGION_NORMAL', differs: false })
    expect(row?.replicas.map((cell) => cell?.differs)).toEqual([false, false, true])
  })

  it('has no cell for a replica that tells nothing, and signs for open ends', () => {
    const detail = someDetail({ coordinator: someFields({ startKey: '', endKey: '' }) }, [undefined])
    expect(rowOf(detail, 'startKey')).toMatchObject({ coordinator: { text: '−∞' }, replicas: [undefined] })
    expect(rowOf(detail, 'endKey')?.coordinator.text).toBe('+∞')
  })
})
