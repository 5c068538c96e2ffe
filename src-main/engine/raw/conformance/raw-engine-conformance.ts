import { describe } from 'vitest'
import { conformanceContext } from './conformance-context'
import type { RawEngineFixture } from './conformance-context'
import { describeFiguresAndErrors } from './figures-and-errors-conformance'
import { describeIteration } from './iteration-conformance'
import { describeLifecycle } from './lifecycle-conformance'
import { describeReadsAndWrites } from './read-write-conformance'
import { describeSnapshots } from './snapshot-conformance'
import { describeTransfer } from './transfer-conformance'

export type { RawEngineFixture } from './conformance-context'

/**
 * What every raw engine must do, as tests of the runner that calls it. Branches on the manifest of the engine, never on
 * its name. `createFixture` is called before each test and gives a place that is empty.
 */
export function rawEngineConformance(name: string, createFixture: () => Promise<RawEngineFixture>): void {
  describe(`raw engine conformance: ${name}`, () => {
    const context = conformanceContext(createFixture)
    describeReadsAndWrites(context)
    describeIteration(context)
    describeSnapshots(context)
    describeLifecycle(context)
    describeTransfer(context)
    describeFiguresAndErrors(context)
  })
}
