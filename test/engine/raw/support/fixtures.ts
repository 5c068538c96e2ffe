import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Disk } from '../../../../src-main/env'
import { RealDisk } from '../../../../src-main/env/real'
import { SeededRandom } from '../../../../src-main/env/seeded-random'
import { SimulatedDisk } from '../../../../src-main/env/simulated'
import type { RawEngineFixture } from '../../../../src-main/engine/raw/conformance/raw-engine-conformance'
import { RawLevelEngine } from '../../../../src-main/engine/raw/level/raw-level-engine'
import { RawMemEngine } from '../../../../src-main/engine/raw/memory/raw-mem-engine'
import type { RawEngine, RawEngineOptions } from '../../../../src-main/engine/raw'
import { RawRocksEngine } from '../../../../src-main/engine/raw/rocks/raw-rocks-engine'

/** A new directory of the machine, for one test. */
export async function temporaryDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'raw-engine-'))
}

async function onDisk(
  open: (options: RawEngineOptions & { readonly disk: Disk }) => Promise<RawEngine>,
): Promise<RawEngineFixture> {
  const root = await temporaryDirectory()
  return {
    open: (options) => open({ ...options, directory: `${root}/data`, disk: new RealDisk() }),
    dispose: () => rm(root, { recursive: true, force: true }),
  }
}

export const rocksFixture = (): Promise<RawEngineFixture> => onDisk((options) => RawRocksEngine.open(options))

export const levelFixture = (): Promise<RawEngineFixture> => onDisk((options) => RawLevelEngine.open(options))

/** A memory engine that keeps images on the machine's disk. */
export const memoryFixture = (): Promise<RawEngineFixture> =>
  onDisk(({ columnFamilies, ...storage }) => RawMemEngine.open({ columnFamilies, storage }))

/** A memory engine that keeps images on a simulated disk. */
export async function simulatedFixture(): Promise<RawEngineFixture> {
  const disk = new SimulatedDisk({ random: new SeededRandom(1) })
  return {
    open: (options) => RawMemEngine.open({ ...options, storage: { disk, directory: '/node/data' } }),
    dispose: async () => undefined,
  }
}

/** A memory engine that keeps nothing. */
export async function ephemeralFixture(): Promise<RawEngineFixture> {
  return { open: (options) => RawMemEngine.open(options), dispose: async () => undefined }
}
