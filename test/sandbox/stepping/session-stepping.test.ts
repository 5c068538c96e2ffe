import { describe, expect, it } from 'vitest'
import { SandboxError } from '../../../src-main/base/sandbox-error'
import type { FlowState } from '../../../src-main/flow/flow-views'
import type { ClusterSession, RunningCluster } from '../../../src-main/sandbox/session/cluster-session'
import type { SessionView } from '../../../src-main/sandbox/session/session-view'
import type { ClusterStepping } from '../../../src-main/sandbox/stepping/cluster-stepping'
import { SessionStepping } from '../../../src-main/sandbox/stepping/session-stepping'
import { FlowHarness, gate } from '../../flow/flow-harness'

/** A session in the hands of a test: clusters come and go as it says. */
class SomeSession {
  readonly #listeners = new Set<(view: SessionView) => void>()
  #cluster: RunningCluster | undefined
  view = { phase: 'closed' } as SessionView

  onChange: ClusterSession['onChange'] = (listener) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  running(): RunningCluster {
    if (this.#cluster !== undefined) return this.#cluster
    throw new SandboxError('SESSION_NOT_RUNNING', 'No cluster is open.')
  }

  /** A cluster of that name serves clients; undefined: none does. */
  become(name: string | undefined): void {
    this.#cluster = name === undefined ? undefined : ({ host: { name } } as unknown as RunningCluster)
    this.tell()
  }

  /** Something about the session changed, and not its cluster. */
  tell(): void {
    this.view = { phase: this.#cluster === undefined ? 'closed' : 'running' } as SessionView
    for (const listener of this.#listeners) listener(this.view)
  }

  get listeners(): number {
    return this.#listeners.size
  }
}

/** The stepping of a session, and of each cluster that it had. */
function world() {
  const session = new SomeSession()
  const lives: Array<FlowHarness & { isClosed?: boolean }> = []
  const stepping = new SessionStepping({
    session,
    step: () => {
      const harness: FlowHarness & { isClosed?: boolean } = new FlowHarness()
      lives.push(harness)
      const { controller } = harness
      return {
        controller,
        run: (...given: Parameters<ClusterStepping['run']>) => controller.run(...given),
        close: () => {
          harness.isClosed = true
          return controller.close()
        },
      } as unknown as ClusterStepping
    },
  })
  return { session, lives, stepping }
}

describe('the stepping of a session', () => {
  it('is that of its cluster, and says in the session’s words when there is none', async () => {
    const { session, lives, stepping } = world()
    expect(() => stepping.state).toThrow(expect.objectContaining({ code: 'SESSION_NOT_RUNNING' }))
    session.become('one')
    await stepping.addGate(gate({ stage: 'log.sync' }))
    expect(lives[0]?.controller.state.gates).toHaveLength(1)
    expect(stepping.state.gates).toHaveLength(1)
    session.become(undefined)
    expect(() => stepping.trace('a1')).toThrow(expect.objectContaining({ code: 'SESSION_NOT_RUNNING' }))
  })

  it('begins anew with each cluster, and not with other changes of the session', async () => {
    const { session, lives, stepping } = world()
    session.become('one')
    await stepping.addGate(gate())
    session.tell()
    expect(lives).toHaveLength(1)
    session.become('two')
    expect(lives.map(({ isClosed }) => isClosed === true)).toEqual([true, false])
    expect(stepping.state.gates).toEqual([])
  })

  it('tells whoever listens of whichever cluster is open', async () => {
    const { session, lives, stepping } = world()
    const modes: Array<FlowState['mode']> = []
    const stop = stepping.onState(({ mode }) => modes.push(mode))
    for (const name of ['one', 'two']) {
      session.become(name)
      await stepping.setMode('non-stop')
      await lives.at(-1)?.settle()
    }
    expect(modes).toEqual(['non-stop', 'non-stop'])
    stop()
    await stepping.setMode('all-stop')
    await lives.at(-1)?.settle()
    expect(modes).toHaveLength(2)
  })

  it('has each cluster watched for as long as anybody watches', async () => {
    const { session, lives, stepping } = world()
    const isArmed = (life: FlowHarness | undefined) => [...(life?.nodes.values() ?? [])].some(({ agent }) => agent.isOn)
    const leave = [stepping.watch(), stepping.watch()]
    session.become('one')
    lives[0]?.addNode(1)
    await stepping.addGate(gate())
    expect(isArmed(lives[0])).toBe(true)
    leave[0]?.()
    leave[0]?.()
    await lives[0]?.simulation.clock.advance(60_000)
    expect(isArmed(lives[0])).toBe(true)
    session.become('two')
    lives[1]?.addNode(1)
    await stepping.addGate(gate())
    expect(isArmed(lives[1])).toBe(true)
    leave[1]?.()
    await lives[1]?.simulation.clock.advance(60_000)
    await lives[1]?.controller.setMode('non-stop')
    expect(isArmed(lives[1])).toBe(false)
  })

  it('ends with the program: nothing follows the session any more', async () => {
    const { session, lives, stepping } = world()
    session.become('one')
    await stepping.close()
    expect([lives[0]?.isClosed, session.listeners]).toEqual([true, 0])
  })
})
