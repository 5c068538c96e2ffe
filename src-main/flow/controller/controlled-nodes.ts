import { SandboxError } from '../../base/sandbox-error'
import type { FlowCommand, FlowNodeLink, HeldStage } from '../flow-messages'
import type { MessageAction } from '../gate'

interface ControlledNode {
  readonly link: FlowNodeLink
  readonly holds: Map<string, HeldStage>
}

/** The nodes that take part in stepping, what each holds, and whether their clocks stand still. */
export class ControlledNodes {
  readonly #nodes = new Map<number, ControlledNode>()
  #isFrozen = false

  get isFrozen(): boolean {
    return this.#isFrozen
  }

  get hasHolds(): boolean {
    return [...this.#nodes.values()].some(({ holds }) => holds.size > 0)
  }

  *holds(): Generator<HeldStage> {
    for (const { holds } of this.#nodes.values()) yield* holds.values()
  }

  /** @throws SandboxError FLOW_HOLD_NOT_FOUND */
  held(holdId: string): HeldStage {
    for (const held of this.holds()) if (held.holdId === holdId) return held
    throw new SandboxError('FLOW_HOLD_NOT_FOUND', 'This operation is not held any more: it went on meanwhile.', {
      details: { holdId },
    })
  }

  has(nodeId: number): boolean {
    return this.#nodes.has(nodeId)
  }

  nameOf(nodeId: number): string {
    return this.#nodes.get(nodeId)?.link.name ?? `node ${String(nodeId)}`
  }

  /** A node is up; its earlier life, if any, is over. */
  attach(link: FlowNodeLink, configuration: FlowCommand): void {
    this.#nodes.set(link.nodeId, { link, holds: new Map() })
    void link.send(configuration)
    if (this.#isFrozen) void link.send({ kind: 'freeze', isFrozen: true })
  }

  /** A node is gone, and what it held with it. */
  detach(nodeId: number): void {
    this.#nodes.delete(nodeId)
  }

  addHold(nodeId: number, held: HeldStage): void {
    this.#nodes.get(nodeId)?.holds.set(held.holdId, held)
  }

  removeHold(nodeId: number, holdId: string): void {
    this.#nodes.get(nodeId)?.holds.delete(holdId)
  }

  /** Resolves when every node has taken it. */
  async broadcast(command: FlowCommand): Promise<void> {
    await Promise.all([...this.#nodes.values()].map(({ link }) => link.send(command)))
  }

  async release({ holdId, event }: HeldStage, action: MessageAction): Promise<void> {
    await this.#nodes.get(event.nodeId)?.link.send({ kind: 'release', holdId, action })
  }

  /** Has the clocks of all nodes stand still, or go on. */
  setFrozen(isFrozen: boolean): void {
    if (this.#isFrozen === isFrozen) return
    this.#isFrozen = isFrozen
    // A node that is gone takes nothing and rejects nothing.
    void this.broadcast({ kind: 'freeze', isFrozen })
  }
}
