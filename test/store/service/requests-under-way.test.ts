import { describe, expect, it } from 'vitest'
import { RequestsUnderWay } from '../../../src-main/store/service/requests-under-way'

describe('RequestsUnderWay', () => {
  it('counts reads and writes of a region each by their own limit', () => {
    const requests = new RequestsUnderWay()
    requests.enter(1, 'read', 1)
    requests.enter(1, 'write', 1)
    requests.enter(2, 'read', 1)
    expect(() => requests.enter(1, 'read', 1)).toThrow('Region 1 has 1 reads under way')
    expect([requests.count(1), requests.count(2), requests.count(3)]).toEqual([2, 1, 0])
    requests.leave(1, 'read')
    requests.enter(1, 'read', 1)
    expect(requests.count(1)).toBe(2)
  })

  it('wakes those who wait for a region when its last request is answered', async () => {
    const requests = new RequestsUnderWay()
    await requests.whenIdle(1)
    requests.enter(1, 'read', 9)
    requests.enter(1, 'write', 9)
    const woken: string[] = []
    const waiting = ['a', 'b'].map((name) => requests.whenIdle(1).then(() => woken.push(name)))
    requests.forget(1)
    requests.leave(1, 'read')
    await Promise.resolve()
    expect(woken).toEqual([])
    requests.leave(1, 'write')
    await Promise.all(waiting)
    expect(woken).toEqual(['a', 'b'])
    requests.forget(1)
    await requests.whenIdle(1)
  })
})
