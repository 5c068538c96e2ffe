import { describe, expect, it } from 'vitest'
import { realEnv } from '../../../src-main/env/real'
import { clusterParts, defaultThreads } from '../../../src-main/sandbox/cluster/cluster-parts'

describe('the threads of a cluster', () => {
  it.each([0, -1, 1.5, NaN])('are not %s', (threads) => {
    const open = () => clusterParts({ env: realEnv(), directory: undefined, threads })
    expect(open).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
  })

  it('are one or more if nobody says how many', () => {
    expect(defaultThreads()).toBeGreaterThanOrEqual(1)
    expect(Number.isInteger(defaultThreads())).toBe(true)
  })
})
