import { expect } from 'vitest'
import { SeededRandom } from '../../../src-main/env'
import { clockConformance } from '../../../src-main/env/conformance/clock-conformance'
import { diskConformance } from '../../../src-main/env/conformance/disk-conformance'
import type { DiskUnderTest } from '../../../src-main/env/conformance/disk-conformance'
import { networkConformance } from '../../../src-main/env/conformance/network-conformance'
import type { Clock } from '../../../src-main/env'
import {
  SimulatedClock,
  SimulatedDisk,
  simulatedEnv,
  SimulatedNetwork,
  SimulatedNodeClock,
} from '../../../src-main/env/simulated'

const nothingToDispose = (): Promise<void> => Promise.resolve()

for (const [name, view] of [
  ['simulated', (master: SimulatedClock): Clock => master],
  ['of a simulated node', (master: SimulatedClock): Clock => new SimulatedNodeClock(master)],
  [
    'of a simulated node that runs fast',
    (master: SimulatedClock): Clock => new SimulatedNodeClock(master, { rate: 1.37, wallOffsetMs: 5000 }),
  ],
] as const) {
  clockConformance(name, () => {
    const master = new SimulatedClock()
    return Promise.resolve({
      clock: view(master),
      pass: async (durationMs: number) => {
        await master.advance(durationMs)
      },
      dispose: nothingToDispose,
    })
  })
}

const emptyDirectory = async (disk: SimulatedDisk): Promise<DiskUnderTest> => {
  await disk.makeDirectory('/try')
  return { disk, directory: '/try', dispose: nothingToDispose }
}

diskConformance('simulated, without latency', () => emptyDirectory(new SimulatedDisk({ random: new SeededRandom(1) })))

diskConformance('simulated, with latency', async () => {
  const clock = new SimulatedClock()
  const latency = { kind: 'uniform', minMs: 0.1, maxMs: 5 } as const
  const disk = new SimulatedDisk({
    random: new SeededRandom(1),
    clock,
    latency: { read: latency, write: latency, sync: latency, name: latency },
  })
  let isOver = false
  const ready = emptyDirectory(disk)
  const drive = async (): Promise<void> => {
    while (!isOver) {
      if (!clock.step()) await new Promise((resolve) => setImmediate(resolve))
      await clock.settle()
    }
  }
  const driving = drive()
  return {
    ...(await ready),
    dispose: async () => {
      isOver = true
      await driving
    },
  }
})

diskConformance('of a simulated node', async () => {
  const node = simulatedEnv({ seed: 1 }).addNode('node')
  await node.env.disk.makeDirectory('/try')
  return { disk: node.env.disk, directory: '/try', dispose: nothingToDispose }
})

const MAX_MESSAGE_BYTES = 100_000

networkConformance('simulated', () => {
  const clock = new SimulatedClock()
  let count = 0
  return Promise.resolve({
    network: new SimulatedNetwork({ clock, random: new SeededRandom(1), maxMessageBytes: MAX_MESSAGE_BYTES }),
    maxMessageBytes: MAX_MESSAGE_BYTES,
    freeAddress: () => `node-${String(++count)}`,
    until: async (condition: () => boolean) => {
      expect(await clock.runUntil(condition, { timeMs: 10_000 })).toBe(true)
    },
    dispose: nothingToDispose,
  })
})
