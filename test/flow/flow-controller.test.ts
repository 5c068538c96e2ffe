import { describe, expect, it } from 'vitest'
import type { StopMode } from '../../src-main/flow/gate'
import type { RequestTrace } from '../../src-main/flow/flow-probe'
import { stageId } from '../../src-main/flow/stage-event'
import type { TestNode } from './flow-harness'
import { FlowHarness, datum, described, gate, watched } from './flow-harness'

const key = new TextEncoder().encode('user-42')

function begin({ agent }: TestNode, mark?: string): RequestTrace {
  const trace = agent.begin({
    operation: 'KvPut',
    regionId: 80001,
    key,
    mark: mark === undefined ? undefined : { traceId: mark },
  })
  if (trace === undefined) throw new Error('The request is not followed.')
  return trace
}

describe('an operation', () => {
  it('is not followed unless somebody wants it', () => {
    const harness = new FlowHarness()
    const { agent } = harness.addNode(1)
    expect(agent.isOn).toBe(false)
    expect(agent.begin({ operation: 'KvPut', regionId: 80001, key, mark: undefined })).toBeUndefined()
  })

  it('is followed with its sender’s mark, over all nodes', async () => {
    const harness = new FlowHarness()
    const [leader, follower] = [harness.addNode(1), harness.addNode(2)]
    const trace = begin(leader, 'a1')
    trace.enter('service.validate', described('checked')).leave()
    trace.follows({ regionId: 80001, term: 2, index: 7 })
    const [entry] = leader.agent.entries(80001, 1, 10)
    expect(entry).toMatchObject({ traceId: 'a1', index: 7 })
    leader.agent.enterEntry(entry!, 'raft.send', described('sent', { peerId: 2, messageId: 'm1' })).leave()
    follower.agent.follow([entry!])
    const [arrived] = follower.agent.entries(80001, 7, 7)
    follower.agent.enterEntry(arrived!, 'raft.receive', described('arrived', { peerId: 1, messageId: 'm1' })).leave()
    await harness.settle()
    const { stages, summary } = harness.controller.trace('a1')
    expect(stages.map(({ nodeId, stage }) => `${nodeId} ${stage}`)).toEqual([
      '1 service.validate',
      '1 raft.send',
      '2 raft.receive',
    ])
    expect(summary).toMatchObject({ operation: 'KvPut', regionId: 80001, stageCount: 3 })
    expect(stages[2]?.entry).toEqual({ regionId: 80001, term: 2, index: 7 })
    expect({ ...harness.controller.outline('a1'), stages }).toEqual({
      ...harness.controller.trace('a1'),
      order: stages.map(stageId),
    })
    expect(() => harness.controller.outline('b2')).toThrow(expect.objectContaining({ code: 'FLOW_TRACE_NOT_FOUND' }))
  })

  it('is followed no more when it is applied', () => {
    const harness = new FlowHarness()
    const node = harness.addNode(1)
    begin(node, 'a1').follows({ regionId: 80001, term: 2, index: 7 })
    expect(node.agent.isOn).toBe(true)
    node.agent.applied(80001, 7)
    expect(node.agent.entries(80001, 1, 10)).toEqual([])
    expect(node.agent.isOn).toBe(false)
  })

  it('is followed once in so many by a rule', async () => {
    const harness = new FlowHarness()
    const { agent } = harness.addNode(1)
    await harness.controller.setRule({
      oneIn: 3,
      regionId: 80001,
      keys: { prefixes: [key.subarray(0, 4)], table: undefined },
      operation: 'KvPut',
    })
    const ask = (regionId: number, bytes: Uint8Array) =>
      agent.begin({ operation: 'KvPut', regionId, key: bytes, mark: undefined }) !== undefined
    expect([1, 2, 3, 4, 5, 6].map(() => ask(80001, key))).toEqual([false, false, true, false, false, true])
    expect([1, 2, 3].map(() => ask(80002, key))).toEqual([false, false, false])
    expect([1, 2, 3].map(() => ask(80001, new Uint8Array([1])))).toEqual([false, false, false])
  })
})

describe('a gate', () => {
  it('holds what it should, and nothing while nobody watches', async () => {
    const harness = new FlowHarness()
    const node = harness.addNode(1)
    await harness.controller.addGate(gate({ stage: 'storage.kvPut', nodeId: 1 }))
    expect(node.agent.begin({ operation: 'KvPut', regionId: 80001, key, mark: undefined })).toBeUndefined()
    harness.controller.watch()
    await harness.settle()
    const trace = begin(node)
    expect(trace.enter('service.validate', described('checked')).held).toBeUndefined()
    const stage = trace.enter('storage.kvPut', described('turned into WriteData'))
    const outcome = watched(stage.held)
    await harness.settle()
    expect(harness.heldStages).toEqual(['1 storage.kvPut'])
    expect(outcome.action).toBeUndefined()
    const [hold] = harness.controller.state.holds
    await harness.controller.step(hold!.holdId, 'continue')
    await harness.settle()
    expect(outcome.action).toEqual({ kind: 'deliver' })
    expect(harness.heldStages).toEqual([])
    expect(harness.controller.state.gates[0]?.hits).toBe(1)
  })

  it('stops from its so-manieth hit on', async () => {
    const harness = new FlowHarness()
    const node = harness.addNode(1)
    harness.controller.watch()
    await harness.controller.addGate(gate({ stage: 'storage.kvPut', hitCount: 3 }))
    const held = [1, 2, 3, 4].map(() => begin(node).enter('storage.kvPut', described('x')).held !== undefined)
    expect(held).toEqual([false, false, true, true])
  })

  it('keeps its count while nobody watches', async () => {
    const harness = new FlowHarness()
    const node = harness.addNode(1)
    const leave = harness.controller.watch()
    await harness.controller.addGate(gate({ stage: 'storage.kvPut', hitCount: 2 }))
    const isHeld = (mark: string) => begin(node, mark).enter('storage.kvPut', described('x')).held !== undefined
    expect(isHeld('a1')).toBe(false)
    leave()
    await harness.simulation.clock.advance(10_000)
    expect([isHeld('a2'), isHeld('a3')]).toEqual([false, false])
    expect(node.agent.begin({ operation: 'KvPut', regionId: 80001, key, mark: undefined })).toBeUndefined()
    harness.controller.watch()
    await harness.settle()
    expect(isHeld('a4')).toBe(true)
  })

  it('looks at index, node and key by its condition', async () => {
    const harness = new FlowHarness()
    const nodes = [harness.addNode(1), harness.addNode(2)]
    harness.controller.watch()
    await harness.controller.addGate(gate({ stage: 'log.append', condition: "index > 10 && node == 'store-2'" }))
    const isHeld = (position: number, index: number) => {
      const { agent } = nodes[position]!
      const entry = {
        traceId: `t${position}${index}`,
        operation: 'KvPut' as const,
        key,
        regionId: 80001,
        term: 1,
        index,
      }
      return agent.enterEntry(entry, 'log.append', described('appended')).held !== undefined
    }
    expect([isHeld(0, 11), isHeld(1, 10), isHeld(1, 11)]).toEqual([false, false, true])
  })

  it('lets go of what it holds when it is removed', async () => {
    const harness = new FlowHarness()
    const node = harness.addNode(1)
    harness.controller.watch()
    const { gateId } = await harness.controller.addGate(gate({ stage: 'storage.kvPut' }))
    const outcome = watched(begin(node).enter('storage.kvPut', described('x')).held)
    await harness.controller.removeGate(gateId)
    await harness.settle()
    expect(outcome.action).toEqual({ kind: 'deliver' })
    expect(harness.controller.state.isFrozen).toBe(false)
  })

  it('with a condition that cannot be read is refused, and nothing changes', async () => {
    const harness = new FlowHarness()
    await expect(harness.controller.addGate(gate({ condition: 'index >' }))).rejects.toMatchObject({
      code: 'FLOW_CONDITION',
    })
    expect(harness.controller.state.gates).toEqual([])
  })
})

describe('all-stop', () => {
  it('has the clocks of all nodes and of the client stand still while anything is held', async () => {
    const harness = new FlowHarness()
    const [one, other] = [harness.addNode(1), harness.addNode(2)]
    harness.controller.watch()
    await harness.controller.addGate(gate({ stage: 'storage.kvPut' }))
    let elections = 0
    other.clock.setTimer(1_500, () => (elections += 1))
    const holds = [begin(one), begin(one)].map((trace) => watched(trace.enter('storage.kvPut', described('x')).held))
    expect(one.clock.isFrozen).toBe(true)
    await harness.simulation.clock.advance(60_000)
    expect(elections).toBe(0)
    expect(harness.clientClock.isFrozen).toBe(true)
    const late = harness.addNode(3)
    expect(late.clock.isFrozen).toBe(true)
    for (const { holdId } of harness.controller.state.holds) await harness.controller.step(holdId, 'continue')
    await harness.settle()
    expect(holds.every(({ action }) => action !== undefined)).toBe(true)
    expect([one, other, late].map(({ clock }) => clock.isFrozen)).toEqual([false, false, false])
    await harness.simulation.clock.advance(1_600)
    expect(elections).toBe(1)
  })

  it('ends when the node that held goes away', async () => {
    const harness = new FlowHarness()
    const [one, other] = [harness.addNode(1), harness.addNode(2)]
    harness.controller.watch()
    await harness.controller.addGate(gate({ stage: 'storage.kvPut' }))
    begin(one).enter('storage.kvPut', described('x'))
    await harness.settle()
    expect(other.clock.isFrozen).toBe(true)
    harness.controller.detach(1)
    await harness.settle()
    expect(other.clock.isFrozen).toBe(false)
    expect(harness.controller.state.holds).toEqual([])
  })

  it('is not there in non-stop, where only what is held stands', async () => {
    const harness = new FlowHarness()
    const [one, other] = [harness.addNode(1), harness.addNode(2)]
    harness.controller.watch()
    await harness.controller.setMode('non-stop')
    await harness.controller.addGate(gate({ stage: 'storage.kvPut' }))
    const outcome = watched(begin(one).enter('storage.kvPut', described('x')).held)
    await harness.settle()
    expect([one.clock.isFrozen, other.clock.isFrozen]).toEqual([false, false])
    expect(outcome.action).toBeUndefined()
  })
})

describe('when the last screen leaves', () => {
  it('everything goes on after a grace, and a screen that comes back in time keeps it', async () => {
    const harness = new FlowHarness()
    const node = harness.addNode(1)
    let leave = harness.controller.watch()
    await harness.controller.addGate(gate({ stage: 'storage.kvPut' }))
    const outcome = watched(begin(node).enter('storage.kvPut', described('x')).held)
    leave()
    await harness.simulation.clock.advance(3_000)
    leave = harness.controller.watch()
    await harness.simulation.clock.advance(60_000)
    expect(outcome.action).toBeUndefined()
    leave()
    await harness.simulation.clock.advance(6_000)
    expect(outcome.action).toEqual({ kind: 'deliver' })
    expect(node.clock.isFrozen).toBe(false)
    expect(node.agent.begin({ operation: 'KvPut', regionId: 80001, key, mark: undefined })).toBeUndefined()
    expect(harness.controller.state.gates).toHaveLength(1)
  })

  it('a node that loses its controller lets go by itself', () => {
    const harness = new FlowHarness()
    const node = harness.addNode(1)
    harness.controller.watch()
    void harness.controller.addGate(gate({ stage: 'storage.kvPut' }))
    begin(node).enter('storage.kvPut', described('x'))
    expect(node.clock.isFrozen).toBe(true)
    node.agent.letGo()
    expect(node.clock.isFrozen).toBe(false)
    expect(node.agent.isOn).toBe(false)
  })
})

describe('stepping', () => {
  async function steppedPut() {
    const harness = new FlowHarness()
    const [leader, follower] = [harness.addNode(1), harness.addNode(2)]
    harness.controller.watch()
    harness.execute = async (_request, client, onRouted) => {
      onRouted({ regionId: 80001, key: 'users/user-42' })
      const call = client.enter('client.kvPut', described('routed'))
      await call.held
      call.leave()
      const trace = begin(leader, client.traceId)
      for (const stage of ['service.validate', 'storage.kvPut', 'raftNode.propose'] as const) {
        const open = trace.enter(stage, described(stage))
        await open.held
        open.leave()
      }
      trace.follows({ regionId: 80001, term: 1, index: 5 })
      const [entry] = leader.agent.entries(80001, 5, 5)
      const send = leader.agent.enterEntry(entry!, 'raft.send', described('sent', { peerId: 2, messageId: 'm' }))
      const append = leader.agent.enterEntry(entry!, 'log.append', described('appended'))
      const record = leader.agent.enterEntry(entry!, 'log.record', described('bytes'))
      void send.held?.then(() => {
        send.leave()
      })
      await send.held
      follower.agent.follow([entry!])
      const receive = follower.agent.enterEntry(
        entry!,
        'raft.receive',
        described('came', { peerId: 1, messageId: 'm' }),
      )
      await receive.held
      receive.leave()
      await append.held
      append.leave()
      await record.held
      record.leave()
      const respond = trace.enter('service.respond', described('answered'))
      await respond.held
      respond.leave()
      const result = client.enter('client.result', described('done'))
      await result.held
      result.leave()
    }
    const { traceId } = await harness.controller.run({ operation: 'KvPut', json: '{}' }, { step: true })
    await harness.settle()
    const step = async (kind: Parameters<typeof harness.controller.step>[1]) => {
      const [hold] = harness.controller.state.holds
      await harness.controller.step(hold!.holdId, kind)
      await harness.settle()
      return harness.heldStages
    }
    return { harness, traceId, step }
  }

  it('stops at the first stage, then at each next one of this node, parts passed by', async () => {
    const { harness, traceId, step } = await steppedPut()
    expect(harness.heldStages).toEqual(['0 client.kvPut'])
    expect(await step('over')).toEqual(['1 service.validate'])
    expect(await step('over')).toEqual(['1 storage.kvPut'])
    expect(await step('over')).toEqual(['1 raftNode.propose'])
    expect(await step('over')).toEqual(['1 raft.send'])
    expect(await step('over')).toEqual(['1 log.append'])
    expect(await step('over')).toEqual(['1 service.respond'])
    expect(await step('over')).toEqual(['0 client.result'])
    expect(await step('over')).toEqual([])
    expect(harness.controller.trace(traceId).summary).toMatchObject({ state: 'done', key: 'users/user-42' })
  })

  it('goes into parts, and into a message at its other end', async () => {
    const { step } = await steppedPut()
    await step('over')
    await step('over')
    await step('over')
    expect(await step('over')).toEqual(['1 raft.send'])
    expect(await step('into')).toEqual(['2 raft.receive'])
  })

  it('goes into the parts of a stage', async () => {
    const { step } = await steppedPut()
    for (let count = 0; count < 5; count++) await step('over')
    expect(await step('into')).toEqual(['1 log.record'])
  })

  it('runs to the response', async () => {
    const { step } = await steppedPut()
    expect(await step('to-response')).toEqual(['1 service.respond'])
    expect(await step('continue')).toEqual([])
  })

  it('foretells what comes, and counts no held time', async () => {
    const { harness, traceId, step } = await steppedPut()
    await step('over')
    expect(harness.controller.trace(traceId).ahead).toContainEqual({ stage: 'raftNode.commit', nodeId: 1 })
    await harness.simulation.clock.advance(10_000)
    await step('continue')
    const { summary, ahead } = harness.controller.trace(traceId)
    expect(ahead).toEqual([])
    expect(summary.durationMs).toBeLessThan(1_000)
  })

  it('counts no time that a job was held when its caller had the answer already, and has no region of its own', async () => {
    const harness = new FlowHarness()
    const coordinator = harness.addNode(1)
    const { clock } = harness.simulation
    harness.execute = () => clock.sleep(500)
    const { traceId } = await harness.controller.run({ operation: 'CreateTable', json: '' }, { step: false })
    await clock.advance(600)
    harness.controller.watch()
    await harness.controller.pause()
    const job = coordinator.agent.begin({
      operation: 'CreateTable',
      regionId: 80001,
      key: undefined,
      mark: { traceId },
    })
    const push = job!.enter('coordinator.pushRegionCmd', described('pushes'))
    await clock.advance(10_000)
    await harness.controller.continueAll()
    await push.held
    push.leave()
    await harness.settle()
    const { summary } = harness.controller.trace(traceId)
    expect(summary).toMatchObject({ durationMs: 500, regionId: undefined, state: 'done' })
  })

  it('refuses what is not held any more', async () => {
    const { harness, step } = await steppedPut()
    const [hold] = harness.controller.state.holds
    await step('continue')
    await expect(harness.controller.step(hold!.holdId, 'over')).rejects.toMatchObject({ code: 'FLOW_HOLD_NOT_FOUND' })
  })
})

describe('the time that a request was held', () => {
  async function heldFor(mode: StopMode): Promise<number> {
    const harness = new FlowHarness()
    const node = harness.addNode(1)
    harness.controller.watch()
    await harness.controller.setMode(mode)
    await harness.controller.addGate(gate({ stage: 'storage.kvPut' }))
    const trace = begin(node)
    // The second one waits behind the first: the same time, which counts once.
    const stages = [trace.enter('storage.kvPut', described('x')), trace.enter('engine.asyncWrite', described('x'))]
    await harness.simulation.clock.advance(1_000)
    await harness.controller.continueAll()
    for (const { held, leave } of stages) {
      await held
      leave()
    }
    trace.follows({ regionId: 80001, term: 1, index: 1 })
    await harness.controller.addGate(gate({ stage: 'log.append' }))
    const append = node.agent.enterEntry(node.agent.entries(80001, 1, 1)[0]!, 'log.append', described('x'))
    await harness.simulation.clock.advance(500)
    await harness.controller.continueAll()
    await append.held
    return trace.heldMs
  }

  it('is known by the node’s own clock, that of its entry included', async () => {
    expect(await heldFor('non-stop')).toBe(1_500)
    // There the clock stood still.
    expect(await heldFor('all-stop')).toBe(0)
  })
})

describe('clocks in all-stop', () => {
  it('stand still on the node of the hold at once, go on in non-stop, and when the node loses its controller', async () => {
    const harness = new FlowHarness()
    const node = harness.addNode(1)
    harness.controller.watch()
    await harness.controller.addGate(gate({ stage: 'storage.kvPut' }))
    const outcome = watched(begin(node).enter('storage.kvPut', described('x')).held)
    expect(node.clock.isFrozen).toBe(true)
    await harness.settle()
    await harness.controller.setMode('non-stop')
    expect([node.clock.isFrozen, harness.controller.state.isFrozen]).toEqual([false, false])
    await harness.controller.setMode('all-stop')
    expect(node.clock.isFrozen).toBe(true)
    node.agent.letGo()
    await harness.settle()
    expect([node.clock.isFrozen, outcome.action]).toEqual([false, { kind: 'deliver' }])
  })
})

describe('a held message', () => {
  it('can be dropped; what is none cannot', async () => {
    const harness = new FlowHarness()
    const node = harness.addNode(1)
    harness.controller.watch()
    await harness.controller.addGate(gate({ messageType: 'MsgHeartbeat' }))
    await harness.controller.addGate(gate({ stage: 'storage.kvPut' }))
    expect(node.agent.wantsMessage('MsgHeartbeat')).toBe(true)
    expect(node.agent.wantsMessage('MsgApp')).toBe(false)
    const message = described('beats', { peerId: 2, messageType: 'MsgHeartbeat', messageId: 'h' })
    const outcome = watched(node.agent.enterMessage(80001, 'raft.send', message).held)
    begin(node).enter('storage.kvPut', described('x'))
    await harness.settle()
    const [first, second] = harness.controller.state.holds
    expect([first?.isMessage, second?.isMessage]).toEqual([true, false])
    await expect(harness.controller.release(second!.holdId, { kind: 'drop' })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    })
    await harness.controller.release(first!.holdId, { kind: 'drop' })
    await harness.settle()
    expect(outcome.action).toEqual({ kind: 'drop' })
  })

  it('says in its trace what a person had become of it', async () => {
    const harness = new FlowHarness()
    const node = harness.addNode(1)
    begin(node, 'a1').follows({ regionId: 80001, term: 2, index: 7 })
    const [entry] = node.agent.entries(80001, 7, 7)
    node.agent.enterEntry(entry!, 'raft.send', described('sent')).leave(() => ({ fate: 'dropped' }))
    node.agent.enterEntry(entry!, 'raft.send', described('sent again')).leave()
    await harness.settle()
    expect(harness.controller.trace('a1').stages.map(({ fate }) => fate)).toEqual(['dropped', undefined])
  })
})

describe('traces', () => {
  it('are kept within bounds: a thousand do not take more than a few', async () => {
    const harness = new FlowHarness({ limits: { traces: 50, bytes: 100_000 } })
    const node = harness.addNode(1)
    for (let count = 0; count < 1_000; count++) {
      const trace = begin(node, `t${count}`)
      trace.enter('service.validate', described('x', { before: [datum(1_000)] })).leave()
      trace.follows({ regionId: 80001, term: 1, index: count + 1 })
      node.agent.applied(80001, count + 1)
      trace.enter('service.respond', described('x')).leave()
      if (count % 100 === 99) await harness.settle()
    }
    await harness.settle()
    const { traces } = harness.controller.state
    expect(traces.length).toBeGreaterThan(10)
    expect(traces.length).toBeLessThanOrEqual(50)
    expect(traces[0]?.traceId).toBe('t999')
    expect(() => harness.controller.trace('t0')).toThrow(expect.objectContaining({ code: 'FLOW_TRACE_NOT_FOUND' }))
    expect(node.agent.isOn).toBe(false)
  })

  it('of a call have no end while its answer is held', async () => {
    const harness = new FlowHarness()
    const node = harness.addNode(1)
    harness.controller.watch()
    await harness.controller.addGate(gate({ stage: 'service.respond' }))
    const respond = begin(node, 'a1').enter('service.respond', described('answers'))
    await harness.settle()
    const summary = () => harness.controller.trace('a1').summary
    expect(summary()).toMatchObject({ state: 'held', durationMs: undefined })
    await harness.controller.continueAll()
    respond.leave()
    await harness.settle()
    expect(summary()).toMatchObject({ state: 'done', durationMs: 0 })
  })

  it('are told to those who listen, together', async () => {
    const harness = new FlowHarness()
    const node = harness.addNode(1)
    const told: string[][] = []
    harness.controller.onStages(({ stages }) => told.push(stages.map(({ stage }) => stage)))
    const trace = begin(node, 'a1')
    trace.enter('service.validate', described('x')).leave()
    trace.enter('storage.kvPut', described('x')).leave()
    await harness.settle()
    expect(told).toEqual([['service.validate', 'storage.kvPut']])
  })

  it('go out as OTLP and as Mermaid', async () => {
    const harness = new FlowHarness()
    const node = harness.addNode(1)
    const trace = begin(node, 'abc')
    trace.enter('service.validate', described('the epoch is the same; #1')).leave()
    trace.enter('service.respond', described('x')).leave(() => ({ error: new Error('no') }))
    await harness.settle()
    const otlp = JSON.parse(harness.controller.export('abc', 'otlp')) as {
      resourceSpans: Array<{
        scopeSpans: Array<{ spans: Array<{ name: string; traceId: string; parentSpanId?: string }> }>
      }>
    }
    const spans = otlp.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans))
    expect(spans.map(({ name }) => name)).toEqual(['KvPut', 'service.validate', 'service.respond'])
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set(['abc'.padStart(32, '0')]))
    expect(spans[1]?.parentSpanId).toMatch(/^[0-9a-f]{16}$/)
    expect(harness.controller.export('abc', 'mermaid')).toBe(
      'sequenceDiagram\n  participant n1 as store-1\n  Note over n1: service.validate: the epoch is the same, ,1\n  Note over n1: service.respond: x\n',
    )
  })
})
