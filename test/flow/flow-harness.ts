import { FreezableClock } from '../../src-main/env/freezable-clock'
import type { Simulation } from '../../src-main/env/simulated'
import { simulatedEnv } from '../../src-main/env/simulated'
import { FlowController } from '../../src-main/flow/controller/flow-controller'
import type { FlowControllerOptions } from '../../src-main/flow/controller/flow-controller'
import { FlowAgent } from '../../src-main/flow/flow-agent'
import type { StageDescription } from '../../src-main/flow/flow-probe'
import type { Gate, MessageAction } from '../../src-main/flow/gate'
import type { StageDatum } from '../../src-main/flow/stage-event'

/** A stage that tells nothing but a sentence. */
export function described(sentence: string, more: Partial<StageDescription> = {}): () => StageDescription {
  return () => ({ before: [], cause: { code: 'test', parameters: {}, sentence }, ...more })
}

export function datum(length: number): StageDatum {
  return { name: 'bytes', type: 'bytes', bytes: new Uint8Array(length), length, json: undefined }
}

/** A gate that stops everything, but for what is given. */
export function gate(fields: Partial<Gate> = {}): Omit<Gate, 'gateId'> {
  return {
    isEnabled: true,
    stage: undefined,
    nodeId: undefined,
    regionId: undefined,
    operation: undefined,
    keys: undefined,
    messageType: undefined,
    condition: '',
    hitCount: 1,
    ...fields,
  }
}

/** A node in the hands of a test. */
export interface TestNode {
  readonly agent: FlowAgent
  readonly clock: FreezableClock
}

/** A controller with a client and nodes that are there at once, over virtual time. */
export class FlowHarness {
  readonly simulation: Simulation = simulatedEnv({ seed: 11 })
  readonly env = this.simulation.addNode('host').env
  readonly clientClock = new FreezableClock(this.env.clock)
  readonly nodes = new Map<number, TestNode>()
  readonly controller: FlowController
  /** What composed requests do. */
  execute: FlowControllerOptions['execute'] = () => Promise.resolve()

  constructor(options: Partial<FlowControllerOptions> = {}) {
    const { clock, random } = this.env
    this.controller = new FlowController({
      clock,
      random,
      clientClock: this.clientClock,
      execute: (request, trace, onRouted) => this.execute(request, trace, onRouted),
      followersOf: (_regionId, leaderId) => [...this.nodes.keys()].filter((nodeId) => nodeId !== leaderId),
      leaderOf: () => 1,
      ...options,
    })
  }

  addNode(nodeId: number): TestNode {
    const { clock, random } = this.env
    const nodeClock = new FreezableClock(clock)
    const agent = new FlowAgent({
      nodeId,
      nodeName: `store-${nodeId}`,
      nameOf: (other) => `store-${other}`,
      clock,
      random,
      nodeClock,
      report: (report) => this.controller.report(nodeId, report),
    })
    const node = { agent, clock: nodeClock }
    this.nodes.set(nodeId, node)
    this.controller.attach({
      nodeId,
      name: `store-${nodeId}`,
      send: (command) => {
        agent.receive(command)
        return Promise.resolve()
      },
    })
    return node
  }

  /** Lets what was said be heard. */
  async settle(): Promise<void> {
    await this.simulation.clock.advance(100)
  }

  get heldStages(): string[] {
    return this.controller.state.holds.map(({ nodeId, stage }) => `${nodeId} ${stage}`)
  }
}

/** Whether a promise has settled. */
export function watched(held: Promise<MessageAction> | undefined): { action: MessageAction | undefined } {
  const outcome: { action: MessageAction | undefined } = { action: undefined }
  void held?.then((action) => (outcome.action = action))
  return outcome
}
