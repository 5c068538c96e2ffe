import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { clockConformance } from '../../../src-main/env/conformance/clock-conformance'
import { diskConformance } from '../../../src-main/env/conformance/disk-conformance'
import { networkConformance } from '../../../src-main/env/conformance/network-conformance'
import { RealClock, RealDisk, RealNetwork } from '../../../src-main/env/real'

clockConformance('real', () => {
  const clock = new RealClock()
  return Promise.resolve({
    clock,
    // A second wait lets what fell due at the end of the first one run.
    pass: async (durationMs: number) => {
      await clock.sleep(durationMs)
      await clock.sleep(0)
    },
    dispose: () => Promise.resolve(),
  })
})

diskConformance('real', async () => {
  const directory = (await mkdtemp(join(tmpdir(), 'real-disk-'))).replaceAll('\\', '/')
  return { disk: new RealDisk(), directory, dispose: () => rm(directory, { recursive: true, force: true }) }
})

const MAX_MESSAGE_BYTES = 1_000_000

networkConformance('real', () =>
  Promise.resolve({
    network: new RealNetwork({ maxMessageBytes: MAX_MESSAGE_BYTES }),
    maxMessageBytes: MAX_MESSAGE_BYTES,
    freeAddress: () => '127.0.0.1:0',
    until: async (condition: () => boolean) => {
      await expect.poll(condition, { timeout: 20_000, interval: 5 }).toBe(true)
    },
    dispose: () => Promise.resolve(),
  }),
)
