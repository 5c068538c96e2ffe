import { rawEngineConformance } from '../../../src-main/engine/raw/conformance/raw-engine-conformance'
import { ephemeralFixture, levelFixture, memoryFixture, rocksFixture } from './support/fixtures'

rawEngineConformance('RawRocksEngine', rocksFixture)
rawEngineConformance('RawLevelEngine', levelFixture)
rawEngineConformance('RawMemEngine with a disk', memoryFixture)
rawEngineConformance('RawMemEngine without a disk', ephemeralFixture)
