import { describe, expect, it } from 'vitest'
import type { EngineContext, ReadMode } from '../../../src-main/engine/engine-context'
import type { EngineRegion } from '../../../src-main/engine/engine-region'
import type { RequestTrace, StageOutcome } from '../../../src-main/flow/flow-probe'
import { errnoOf } from '../../../src-main/rpc/dingo-error'
import { Errno } from '../../../src-main/rpc/generated/dingodb/error_pb'
import { replicatedFixture } from '../support/replicated-fixture'

const region: EngineRegion = {
  id: 1,
  epoch: { confVersion: 1, version: 1 },
  range: { startKey: Uint8Array.of(1), endKey: Uint8Array.of(9) },
  state: { name: 'NORMAL', mayApply: true },
}
const LEADER = 20_001

/** A group whose leader has led for a while. */
async function ledGroup(readMode: ReadMode) {
  const fixture = await replicatedFixture({ readMode })
  const peers = { voters: fixture.storeIds, learners: [] }
  for (const storeId of fixture.storeIds) await fixture.settle(fixture.engine(storeId).addRegion(region, peers))
  fixture.engine(LEADER).campaign(1)
  await fixture.until(() => fixture.engine(LEADER).status(1)?.raftState === 'STATE_LEADER')
  await fixture.advance(500)
  return fixture
}

/** Asks for a reader. What it was proven by is filled in when it is there: `quorum`, `lease`, or the code of its refusal. */
function ask(fixture: Awaited<ReturnType<typeof ledGroup>>, readMode?: ReadMode) {
  const answer: { by: unknown } = { by: undefined }
  const enter: RequestTrace['enter'] = () => ({
    held: undefined,
    leave: (outcome: (() => StageOutcome) | undefined) => {
      const { after, error } = outcome?.() ?? {}
      answer.by = error === undefined ? JSON.parse(after?.[0]?.json ?? 'null') : errnoOf(error)
    },
  })
  const trace = { traceId: 'a1', operation: 'KvGet', heldMs: 0, enter, follows: () => undefined } as RequestTrace
  const context: EngineContext = { regionId: 1, epoch: region.epoch, trace, ...(readMode && { readMode }) }
  fixture
    .engine(LEADER)
    .newReader(context)
    .catch(() => undefined)
  return answer
}

describe('a read from a group that rests on leases', () => {
  it('says that it was proven by the lease, and by a quorum where the request wants that', async () => {
    const fixture = await ledGroup('lease')
    const answers = [ask(fixture), ask(fixture, 'lease'), ask(fixture, 'read-index')]
    await fixture.advance(50)
    expect(answers.map(({ by }) => by)).toEqual(['lease', 'lease', 'quorum'])
    await fixture.dispose()
  })

  it('asks a quorum once the leader that was cut off holds no lease any more', async () => {
    const fixture = await ledGroup('lease')
    fixture.cutOff(LEADER)
    const [onLease, byQuorum] = [ask(fixture), ask(fixture, 'read-index')]
    await fixture.advance(50)
    expect([onLease.by, byQuorum.by]).toEqual(['lease', undefined])
    await fixture.advance(750)
    const late = ask(fixture)
    await fixture.advance(50)
    expect(late.by).toBeUndefined()
    await fixture.until(() => late.by !== undefined && byQuorum.by !== undefined)
    expect([late.by, byQuorum.by]).toEqual([Errno.ERAFT_NOTLEADER, Errno.ERAFT_NOTLEADER])
    await fixture.dispose()
  })
})

describe('a read from a group that rests on none', () => {
  it('asks a quorum, also where the request would take a lease', async () => {
    const fixture = await ledGroup('read-index')
    const answers = [ask(fixture), ask(fixture, 'lease')]
    await fixture.advance(50)
    expect(answers.map(({ by }) => by)).toEqual(['quorum', 'quorum'])
    await fixture.dispose()
  })
})
