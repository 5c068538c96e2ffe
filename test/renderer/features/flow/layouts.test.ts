import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sequenceLayout } from '../../../../src-renderer/features/flow/diagram/sequence-layout'
import { HELD_PX, timeScale } from '../../../../src-renderer/features/flow/diagram/time-scale'
import { waterfallLayout } from '../../../../src-renderer/features/flow/diagram/waterfall-layout'
import { stackFrames } from '../../../../src-renderer/features/flow/side/call-stack'
import { lanesOf } from '../../../../src-renderer/features/flow/trace/lanes'
import { someOverview, someTile } from '../../support/cluster-scene'
import { FOLLOWERS, LEADER, replicatedPut, SomeTrace } from './some-trace'

const overview = someOverview([someTile(80_001, { leaderStoreId: LEADER })])
const none: ReadonlySet<string> = new Set()
const labels = (trace: SomeTrace) => lanesOf(trace.view(), overview).map(({ label }) => label)

describe('the lanes of an operation', () => {
  it('are client, leader and the other replicas by id, from the first stage on', () => {
    const trace = new SomeTrace()
    trace.pass('client.kvPut', 0)
    expect(labels(trace)).toEqual(['', 'S2', 'S1', 'S3'])
    expect(labels(replicatedPut())).toEqual(['', 'S2', 'S1', 'S3'])
  })

  it('follow the store that proposed, whoever leads now', () => {
    const trace = new SomeTrace()
    trace.pass('service.validate', 20_001)
    trace.pass('raftNode.propose', 20_003)
    expect(lanesOf(trace.view(), overview).find(({ isLeader }) => isLeader)?.nodeId).toBe(20_003)
  })

  it('have the coordinators where they take part', () => {
    const trace = new SomeTrace()
    trace.pass('coordinator.commitMeta', 22_002, { regionId: undefined })
    expect(labels(trace)[0]).toBe('C2')
  })

  it('have no client where it has no part, as in what a rule picked out and in jobs', () => {
    const trace = new SomeTrace()
    trace.pass('service.validate', LEADER)
    expect(labels(trace)).toEqual(['S2', 'S1', 'S3'])
    expect(lanesOf(trace.view({ ahead: [{ stage: 'client.result', nodeId: 0 }] }), overview)[0]?.kind).toBe('client')
  })
})

describe('the sequence diagram', () => {
  const trace = replicatedPut()
  const lanes = lanesOf(trace.view(), overview)

  it('has a row a stage in their order, and parts only when they are unfolded', () => {
    const folded = sequenceLayout(trace.view(), lanes, none)
    expect(folded.rows.map(({ stage }) => stage)).not.toContain('log.record')
    const owner = folded.rows.find(({ stage, nodeId }) => stage === 'log.append' && nodeId === LEADER)
    expect(owner?.parts).toBe(1)
    const unfolded = sequenceLayout(trace.view(), lanes, new Set([owner?.id ?? '']))
    expect(unfolded.rows.map(({ stage }) => stage)).toEqual(trace.stages.map(({ stage }) => stage))
  })

  it('joins messages with their arrivals, and says which are under way', () => {
    const { rows, messages } = sequenceLayout(trace.view(), lanes, none)
    const drawn = messages.map(({ fromRow, toRow, kind }) => [rows[fromRow]?.stage, rows[toRow]?.stage, kind])
    expect(drawn).toEqual([
      ['client.kvPut', 'service.validate', 'arrived'],
      ['raft.send', 'raft.receive', 'arrived'],
      ['raft.send', 'raft.send', 'under-way'],
      ['raft.ack', 'raftNode.commit', 'arrived'],
    ])
    const underWay = messages.find(({ kind }) => kind === 'under-way')
    expect(lanes[underWay?.toLane ?? 0]?.nodeId).toBe(FOLLOWERS[1])
  })

  it('has a message that a person dropped arrive nowhere', () => {
    const lost = new SomeTrace()
    lost.pass('raft.send', LEADER, { peerId: FOLLOWERS[0], messageId: 'm1', fate: 'dropped' })
    lost.pass('raft.send', LEADER, { peerId: FOLLOWERS[0], messageId: 'm2' })
    lost.pass('raft.receive', FOLLOWERS[0], { peerId: LEADER, messageId: 'm2' })
    const drawn = sequenceLayout(lost.view(), lanesOf(lost.view(), overview), none).messages
    expect(drawn.map(({ fromRow, toRow, kind }) => [fromRow, toRow, kind])).toEqual([
      [0, 0, 'dropped'],
      [1, 2, 'arrived'],
    ])
  })

  it('foretells where a message that has left will arrive', () => {
    const ahead = [{ stage: 'raft.receive' as const, nodeId: FOLLOWERS[1] }]
    const { rows, messages } = sequenceLayout(trace.view({ ahead }), lanes, none)
    const foretold = messages.find(({ kind }) => kind === 'ahead')
    expect(rows[foretold?.fromRow ?? 0]?.event?.messageId).toBe('m2')
    expect(foretold?.toRow).toBe(rows.length - 1)
  })

  it('joins the commands of a job with the regions that they are for, in whatever order a store takes them', () => {
    const job = new SomeTrace()
    const push = (regionId: number) =>
      job.pass('coordinator.pushRegionCmd', 22_001, {
        regionId: undefined,
        peerId: LEADER,
        cause: { code: 'x', parameters: { regionId }, sentence: 'x' },
      })
    push(1)
    push(2)
    push(3)
    job.pass('region.validateCreate', LEADER, { regionId: 2 })
    job.pass('region.validateCreate', LEADER, { regionId: 1 })
    const drawn = sequenceLayout(job.view(), lanesOf(job.view(), overview), none).messages
    expect(drawn.map(({ fromRow, toRow, kind }) => [fromRow, toRow, kind])).toEqual([
      [0, 4, 'arrived'],
      [1, 3, 'arrived'],
      [2, 2, 'under-way'],
    ])
  })

  it('keeps ghosts as they are while those before them come true', () => {
    const ahead = (['raftNode.commit', 'closure.run', 'service.respond'] as const).map((stage) => ({
      stage,
      nodeId: LEADER,
    }))
    const ghosts = (left: typeof ahead) =>
      sequenceLayout(trace.view({ ahead: left }), lanes, none).rows.filter(({ event }) => event === undefined)
    const [before, after] = [ghosts(ahead), ghosts(ahead.slice(1))]
    expect(after.every((row, at) => row === before[at + 1])).toBe(true)
    expect(new Set(before.map(({ id }) => id)).size).toBe(3)
  })

  it('never moves what is there when more comes', () => {
    const before = sequenceLayout({ stages: trace.stages.slice(0, 6), ahead: [] }, lanes, none)
    const after = sequenceLayout(trace.view(), lanes, none)
    expect(after.rows.slice(0, 6).map(({ id, lane }) => [id, lane])).toEqual(
      before.rows.map(({ id, lane }) => [id, lane]),
    )
    // Only what has changed is drawn anew: the leader's append has got a part.
    expect(after.rows.slice(0, 5).every((row, at) => row === before.rows[at])).toBe(true)
  })
})

describe('the axis of time', () => {
  it('has held time cut out, and in its place a mark of fixed width', () => {
    const trace = new SomeTrace()
    const held = trace.pass('client.kvPut', 0, { heldMs: 9000, endedAtMs: 1_795_385_009_001 })
    const next = trace.pass('service.validate', LEADER, {
      startedAtMs: 1_795_385_009_001,
      endedAtMs: 1_795_385_009_002,
    })
    const scale = timeScale(trace.stages, 212)
    expect(scale.activeMs).toBeCloseTo(2)
    expect(scale.held).toHaveLength(1)
    expect(scale.place(held.startedAtMs + held.heldMs)).toBe(HELD_PX)
    expect(scale.place(next.endedAtMs)).toBeCloseTo(212)
    expect(scale.place(next.startedAtMs)).toBeCloseTo(HELD_PX + 100)
  })

  it('never runs backwards, and stays within its width', () => {
    const times = fc.record({
      at: fc.integer({ min: 0, max: 500 }),
      took: fc.integer({ min: 0, max: 50 }),
      held: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 1000 })),
    })
    fc.assert(
      fc.property(fc.array(times, { minLength: 1, maxLength: 20 }), (all) => {
        const trace = new SomeTrace()
        for (const { at, took, held } of all) {
          trace.pass('log.sync', LEADER, { startedAtMs: at, heldMs: held, endedAtMs: at + held + took })
        }
        const scale = timeScale(trace.stages, 600)
        const moments = all.flatMap(({ at, took, held }) => [at, at + held, at + held + took]).sort((a, b) => a - b)
        let before = 0
        for (const moment of moments) {
          const px = scale.place(moment)
          expect(px).toBeGreaterThanOrEqual(before - 1e-6)
          expect(px).toBeLessThanOrEqual(600 + 1e-6)
          before = px
        }
      }),
    )
  })
})

describe('the waterfall', () => {
  it('puts stages of one node at the same time below each other, and marks what the answer waited for', () => {
    const trace = new SomeTrace()
    const long = trace.pass('log.sync', LEADER, { startedAtMs: 0, endedAtMs: 100 })
    trace.pass('log.fsync', LEADER, { startedAtMs: 10, endedAtMs: 90 })
    trace.pass('raftNode.commit', LEADER, { startedAtMs: 101, endedAtMs: 140 })
    const lanes = lanesOf(trace.view(), overview)
    const { groups } = waterfallLayout(
      { stages: trace.stages, criticalPath: [`${LEADER}.${long.sequence}`] },
      lanes,
      1000,
    )
    expect(groups).toHaveLength(1)
    expect(groups[0]?.bars.map(({ line }) => line)).toEqual([0, 1, 0])
    expect(groups[0]?.bars.map(({ isCritical }) => isCritical)).toEqual([true, false, false])
  })
})

describe('the call stack', () => {
  it('has a frame a layer of a node at its last stage, and stays at what is held', () => {
    const trace = replicatedPut()
    const lanes = lanesOf(trace.view(), overview)
    const lines = (held: ReadonlySet<string>) =>
      stackFrames(trace.stages, lanes, held).map(({ lane, event, isHeld }) => [lane.label, event.stage, isHeld])
    expect(lines(none)).toEqual([
      ['', 'client.kvPut', false],
      ['S2', 'service.validate', false],
      ['S2', 'raftNode.commit', false],
      ['S1', 'raft.ack', false],
    ])
    const send = trace.stages.find(({ messageId }) => messageId === 'm2')
    expect(lines(new Set([`${LEADER}.${send?.sequence}`]))[2]).toEqual(['S2', 'raft.send', true])
  })
})
