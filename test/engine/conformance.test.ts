import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RealDisk } from '../../src-main/env/real'
import { simulatedEnv } from '../../src-main/env/simulated'
import { engineConformance } from '../../src-main/engine/conformance/engine-conformance'
import { MemEngine } from '../../src-main/engine/memory/mem-engine'
import { RawMemEngine } from '../../src-main/engine/raw/memory/raw-mem-engine'
import { RawRocksEngine } from '../../src-main/engine/raw/rocks/raw-rocks-engine'
import { RocksEngine } from '../../src-main/engine/rocks/rocks-engine'
import { replicatedFixture } from './support/replicated-fixture'
import { singleReplicaFixture } from './support/single-replica-fixture'

const columnFamilies = ['meta', 'data', 'lock', 'write']

engineConformance('RaftKvEngine', () => replicatedFixture())
engineConformance('RaftKvEngine with leases', () => replicatedFixture({ readMode: 'lease' }))

engineConformance('RocksEngine', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'rocks-engine-'))
  return singleReplicaFixture(
    (options) => new RocksEngine(options),
    () => RawRocksEngine.open({ directory: `${directory}/data`, columnFamilies, disk: new RealDisk() }),
    () => rm(directory, { recursive: true, force: true }),
  )
})

engineConformance('MemEngine', async () => {
  const storage = { disk: simulatedEnv({ seed: 1 }).addNode('store').env.disk, directory: '/data' }
  return singleReplicaFixture(
    (options) => new MemEngine(options),
    () => RawMemEngine.open({ columnFamilies, storage }),
    async () => undefined,
  )
})
