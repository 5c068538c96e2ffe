import { describe } from 'vitest'
import type { EngineFixture } from './conformance-context'
import { conformanceTests } from './conformance-context'
import { describeReads } from './read-conformance'
import { describeRegions } from './region-conformance'
import { describeReplication } from './replication-conformance'
import { describeWrites } from './write-conformance'

export type { EngineFixture } from './conformance-context'

/**
 * What every engine must do, as tests of the runner that calls it. Branches on what the engine supports, never on its name.
 * `createFixture` is called before each test.
 */
export function engineConformance(name: string, createFixture: () => Promise<EngineFixture>): void {
  describe(`engine conformance: ${name}`, () => {
    const test = conformanceTests(createFixture)
    describeWrites(test)
    describeReads(test)
    describeRegions(test)
    describeReplication(test)
  })
}
