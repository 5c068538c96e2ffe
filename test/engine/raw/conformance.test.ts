import { describe } from 'vitest'
import { rawEngineConformance } from '../../../src-main/engine/raw/conformance/raw-engine-conformance'
import { requireCapabilityOfAll } from '../../support/capabilities'
import { ephemeralFixture, levelFixture, memoryFixture, rocksFixture, simulatedFixture } from './support/fixtures'

describe('with its binding', () => {
  requireCapabilityOfAll('rocksdb')
  rawEngineConformance('RawRocksEngine', rocksFixture)
})
rawEngineConformance('RawLevelEngine', levelFixture)
rawEngineConformance('RawMemEngine with a disk', memoryFixture)
rawEngineConformance('RawMemEngine with a simulated disk', simulatedFixture)
rawEngineConformance('RawMemEngine without a disk', ephemeralFixture)
