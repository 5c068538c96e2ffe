import { tmpdir } from 'node:os'
import { describe, expect, it } from 'vitest'
import { SandboxError } from '../../../src-main/base/sandbox-error'
import { realEnv } from '../../../src-main/sandbox/host-env'
import { toDiskPath } from '../../../src-main/sandbox/disk-path'
import { hostMetrics } from '../../../src-main/sandbox/node/host-metrics'

describe('what a store tells of its machine', () => {
  it('is its memory and the room of its file system', async () => {
    const metrics = await hostMetrics(realEnv().disk, toDiskPath(tmpdir()))
    const { systemTotalCapacity = 0n, systemFreeCapacity = 0n } = metrics
    expect(systemFreeCapacity).toBeGreaterThan(0n)
    expect(systemTotalCapacity).toBeGreaterThanOrEqual(systemFreeCapacity)
    expect(metrics.systemTotalMemory).toBeGreaterThan(metrics.processUsedMemory ?? 0n)
  })

  it('leaves the room out where nobody knows it, and where its folder is gone', async () => {
    const unlimited = await hostMetrics({ capacity: () => Promise.resolve(undefined) }, '/store')
    const gone = await hostMetrics(realEnv().disk, toDiskPath(`${tmpdir()}/there-is-no-such-folder`))
    for (const metrics of [unlimited, gone]) {
      expect(metrics).not.toHaveProperty('systemFreeCapacity')
      expect(metrics.processUsedMemory).toBeGreaterThan(0n)
    }
  })

  it('does not hide a defect', async () => {
    const capacity = () => Promise.reject(new TypeError('a defect'))
    await expect(hostMetrics({ capacity }, '/store')).rejects.not.toBeInstanceOf(SandboxError)
  })
})
