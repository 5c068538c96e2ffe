import { SandboxError } from '../../../base/sandbox-error'
import type { FlowAgent } from '../../../flow/flow-agent'
import type { FlowCommand, FlowReport } from '../../../flow/flow-messages'

type Configuration = Extract<FlowCommand, { readonly kind: 'configure' }>

/** Somebody outside the node's host who steps the node. */
export interface FlowGuest {
  command(command: FlowCommand): void
  /** The node lets go of what it holds. Twice is harmless. */
  leave(): void
}

/**
 * Who steps a node: its host, or for a while a guest that came over the wire. There is one of them at a time. A guest may
 * take over while the host stops and traces nothing; what the host says meanwhile holds from the moment the guest leaves.
 */
export class FlowSeat {
  readonly agent: FlowAgent
  #guest: ((report: FlowReport) => void) | undefined
  #configuration: Configuration | undefined
  #isFrozen = false
  readonly #held = new Set<string>()

  /**
   * @param createAgent makes the agent of the node, which reports where it is told
   * @param host takes what the agent reports while no guest is there
   */
  constructor(createAgent: (report: (report: FlowReport) => void) => FlowAgent, host: (report: FlowReport) => void) {
    this.agent = createAgent((report) => {
      if (report.kind === 'held') this.#held.add(report.held.holdId)
      if (report.kind === 'released') this.#held.delete(report.holdId)
      ;(this.#guest ?? host)(report)
    })
  }

  /** What the host says. */
  command(command: FlowCommand): void {
    if (command.kind === 'configure') this.#configuration = command
    if (command.kind === 'freeze') this.#isFrozen = command.isFrozen
    if (this.#guest === undefined) this.agent.receive(command)
  }

  /** @throws SandboxError FLOW_BUSY */
  takeOver(report: (report: FlowReport) => void): FlowGuest {
    if (this.#guest !== undefined) {
      const message = 'Somebody else steps this node already: try again when they are done.'
      throw new SandboxError('FLOW_BUSY', message, { details: { by: 'guest' } })
    }
    if (this.#isHostStepping) {
      const message =
        'The program that runs this node traces or stops operations itself: do it there, or take its breakpoints and rules away first.'
      throw new SandboxError('FLOW_BUSY', message, { details: { by: 'host' } })
    }
    this.#guest = report
    return {
      command: (command) => {
        if (this.#guest === report) this.agent.receive(command)
      },
      leave: () => {
        if (this.#guest !== report) return
        this.agent.letGo()
        this.#guest = undefined
        if (this.#configuration !== undefined) this.agent.receive(this.#configuration)
        if (this.#isFrozen) this.agent.receive({ kind: 'freeze', isFrozen: true })
      },
    }
  }

  get #isHostStepping(): boolean {
    if (this.#isFrozen || this.#held.size > 0) return true
    if (this.#configuration === undefined) return false
    const { gates, rule, stops, stopsAll } = this.#configuration
    return gates.some(({ isEnabled }) => isEnabled) || rule.oneIn > 0 || stops.length > 0 || stopsAll
  }
}
