import { flushPromises, mount } from '@vue/test-utils'
import type { VueWrapper } from '@vue/test-utils'
import { defineComponent, h } from 'vue'
import { beforeEach, describe, expect, it } from 'vitest'
import type { FlowState, TraceView } from '../../../../src-main/flow/flow-views'
import { findCommand } from '../../../../src-renderer/app/commands/command-registry'
import { runCommand } from '../../../../src-renderer/app/commands/run-command'
import StepRibbon from '../../../../src-renderer/app/stepping/StepRibbon.vue'
import { useFlowStore } from '../../../../src-renderer/data/flow-store'
import { useOverviewStore } from '../../../../src-renderer/data/overview-store'
import { useSessionStore } from '../../../../src-renderer/data/session-store'
import FlowScreen from '../../../../src-renderer/features/flow/FlowScreen.vue'
import { someOverview, someSession, someTile } from '../../support/cluster-scene'
import { FakeDoor } from '../../support/fake-door'
import type { SomeTrace } from './some-trace'
import { FOLLOWERS, LEADER, replicatedPut, someFlow, someHold, someSummary, TRACE_ID } from './some-trace'

let door: FakeDoor
let scene: SomeTrace
let view: TraceView

beforeEach(() => {
  door = new FakeDoor()
  scene = replicatedPut()
  view = scene.view({ summary: someSummary() })
  door.answers.set('flow.trace', () => view)
  door.answers.set('flow.stage', ({ stageId }: { stageId: string }) =>
    scene.stages.find(({ nodeId, sequence }) => `${nodeId}.${sequence}` === stageId),
  )
  for (const name of ['step', 'release', 'addGate', 'removeGate', 'continueAll', 'setMode', 'pause']) {
    door.answers.set(`flow.${name}`, () => undefined)
  }
})

/** The screen below the shell's part of stepping. */
const shell = defineComponent({ render: () => h('div', [h(StepRibbon), h(FlowScreen)]) })

async function open(address: string, state: FlowState): Promise<VueWrapper> {
  await door.router.push(address)
  const screen = mount(shell, {
    global: { plugins: [door.plugin()] },
    attachTo: document.body,
  })
  useSessionStore().receive(someSession())
  useOverviewStore().receive(someOverview([someTile(80_001, { leaderStoreId: LEADER })]))
  useFlowStore().receive(state)
  await flushPromises()
  return screen
}
const query = () => door.router.currentRoute.value.query
const callsOf = (procedure: string) =>
  door.calls.filter((call) => call.procedure === procedure).map(({ input }) => input)
const stages = (screen: VueWrapper) => screen.findAll('.diagram [role=option]')
const chosen = (screen: VueWrapper) => screen.get('.diagram [aria-selected=true]').attributes('aria-label')

function heldAt(stageName: string, isMessage = false): FlowState {
  const event = scene.stages.findLast(({ stage }) => stage === stageName)
  if (event === undefined) throw new Error(`The scene has no ${stageName}.`)
  return someFlow({ isFrozen: true, holds: [someHold(event, isMessage)], traces: [someSummary()] })
}

describe('the flow screen', () => {
  it('without anything says how to fill it', async () => {
    const screen = await open('/flow', someFlow())
    expect(screen.text()).toContain('Nothing to step')
    expect(screen.findAll('button').some((button) => button.text() === 'Put a row and step it')).toBe(true)
  })

  it('shows what is held without being asked: token, stack, cause', async () => {
    const screen = await open('/flow', heldAt('raftNode.commit'))
    expect(chosen(screen)).toBe('raftNode.commit on S2: held here')
    expect(screen.get('.variables').text()).toContain('Why raftNode.commit.')
    expect(screen.get('.stack .held').text()).toContain('raftNode.commit')
    expect(screen.get('.ribbon').text()).toContain('Clocks of all nodes stand still')
    expect(screen.get('[aria-live=polite].unseen').text()).toBe('S2 stands at raftNode.commit. Why raftNode.commit.')
  })

  it('chooses stages by press and by keys, in the address', async () => {
    const screen = await open(`/flow?trace=${TRACE_ID}`, heldAt('raftNode.commit'))
    await stages(screen)[1]?.trigger('click')
    await flushPromises()
    expect(query()['stage']).toBe(`${LEADER}.1`)
    await screen.get('.diagram').trigger('keydown', { key: 'ArrowUp' })
    await flushPromises()
    expect(chosen(screen)).toContain('client.kvPut on Client')
  })

  it('steps what is held, and lets the eye follow where it stops next', async () => {
    const screen = await open(`/flow?trace=${TRACE_ID}&stage=0.1`, heldAt('raft.ack'))
    expect(chosen(screen)).toContain('client.kvPut')
    const { holdId } = heldAt('raft.ack').holds[0] ?? {}
    expect(await runCommand('flow.over')).toBe(true)
    await flushPromises()
    expect(callsOf('flow.step')).toEqual([{ holdId, kind: 'over' }])
    expect(query()['stage']).toBeUndefined()
    useFlowStore().receive(heldAt('raftNode.commit'))
    await flushPromises()
    expect(chosen(screen)).toBe('raftNode.commit on S2: held here')
  })

  it('says why a step cannot be taken', async () => {
    await open('/flow', someFlow())
    expect(findCommand('flow.over')?.unavailable?.()).toContain('No operation is held here')
    expect(await runCommand('flow.over')).toBe(false)
    expect(callsOf('flow.step')).toEqual([])
  })

  it('offers what can become of a held message only for a message', async () => {
    await open('/flow', heldAt('raftNode.commit'))
    expect(findCommand('flow.message.drop')?.unavailable?.()).toContain('no message')
    useFlowStore().receive(heldAt('raft.send', true))
    expect(await runCommand('flow.message.drop')).toBe(true)
    expect(callsOf('flow.release')).toMatchObject([{ action: { kind: 'drop' } }])
  })

  it('says of a message that it was dropped: in the picture, in its table and in its facts', async () => {
    const [near] = FOLLOWERS
    const dropped = scene.pass('raft.receive', near, { peerId: LEADER, messageId: 'm9', fate: 'dropped' })
    view = scene.view({ summary: someSummary() })
    const screen = await open(`/flow?trace=${TRACE_ID}&stage=${near}.${dropped.sequence}`, someFlow())
    expect(chosen(screen)).toBe('raft.receive ← S2 on S1: dropped')
    const mark = screen.get('.diagram [aria-selected=true]')
    expect(mark.find('path.point').exists()).toBe(true)
    expect(mark.get('.fate').text()).toBe('dropped')
    expect(screen.get('.variables').text()).toContain('Messagedropped')
    await screen.get('input[type=radio][value=table]').setValue()
    await flushPromises()
    const rows = screen.findAll('[role=row]').map((row) => row.text())
    expect(rows.filter((row) => row.includes('dropped'))).toHaveLength(1)
  })

  it('sets a breakpoint at the chosen stage, and takes it away again', async () => {
    const screen = await open('/flow', heldAt('raftNode.commit'))
    await runCommand('flow.breakpoint')
    const [gate] = callsOf('flow.addGate')
    expect(gate).toMatchObject({ stage: 'raftNode.commit', nodeId: LEADER, isEnabled: true })
    const added = { ...(gate as FlowState['gates'][number]), gateId: 'g1', hits: 0 }
    useFlowStore().receive({ ...heldAt('raftNode.commit'), gates: [added] })
    await flushPromises()
    expect(screen.findAll('.diagram .breakpoint')).toHaveLength(1)
    await runCommand('flow.breakpoint')
    expect(callsOf('flow.removeGate')).toEqual([{ gateId: 'g1' }])
  })

  it('draws only the stages in view of thousands', async () => {
    for (let count = 0; count < 5000; count += 1) scene.pass('log.append', LEADER)
    view = scene.view()
    const screen = await open(`/flow?trace=${TRACE_ID}&stage=0.1`, heldAt('raftNode.commit'))
    expect(stages(screen).length).toBeGreaterThan(10)
    expect(stages(screen).length).toBeLessThan(120)
  })

  it('tells that nobody knows the outcome', async () => {
    const unknown = someSummary({ state: 'unknown' })
    const screen = await open('/flow', someFlow({ traces: [unknown] }))
    expect(screen.get('.outcome').text()).toContain('The outcome is unknown')
  })

  it('composes a request, and sends only what is JSON', async () => {
    door.answers.set('keyspace.resolve', () => ({ bytes: Uint8Array.of(0x72), text: 'users/1', parts: [] }))
    door.answers.set('tables.tree', () => [
      { schemaId: 2, name: 'DINGO', tables: [{ tableId: 5, name: 'users', schema: 'DINGO' }] },
    ])
    door.answers.set('flow.run', () => ({ traceId: TRACE_ID }))
    await open('/flow?compose=KvPut&table=5', someFlow())
    const text = document.querySelector<HTMLTextAreaElement>('[role=dialog] textarea')
    if (text === null) throw new Error('The composer is not open.')
    expect(JSON.parse(text.value)).toMatchObject({ kv: { key: 'cg==' } })
    const step = [...document.querySelectorAll<HTMLButtonElement>('[role=dialog] footer button')].at(-1)
    text.value = '{ "kv": }'
    text.dispatchEvent(new Event('input'))
    await flushPromises()
    expect(document.querySelector('[role=dialog] .wrong')?.textContent).toContain('Line 1, column 9')
    expect(step?.disabled).toBe(true)
    text.value = '{}'
    text.dispatchEvent(new Event('input'))
    await flushPromises()
    document.querySelector<HTMLFormElement>('#composer')?.requestSubmit()
    await flushPromises()
    expect(callsOf('flow.run')).toEqual([{ operation: 'KvPut', json: '{}', step: true }])
    expect(query()).toEqual({ trace: TRACE_ID })
  })
})
