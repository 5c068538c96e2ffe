import type { StageEvent } from '../../../../src-main/flow/stage-event'
import type { FlowLane } from '../trace/lanes'
import type { StageLayer } from '../trace/stage-catalogue'
import { layerOfStage, parentStage, stageIdOf } from '../trace/stage-catalogue'

/** Where an operation is on one layer of one node. */
export interface StackFrame {
  readonly id: string
  readonly lane: FlowLane
  readonly layer: StageLayer
  /** The last stage that it came to there. */
  readonly event: StageEvent
  readonly isHeld: boolean
  /** How deep it lies below the client. */
  readonly depth: number
}

const order: readonly StageLayer[] = ['client', 'coordinator', 'service', 'raft', 'apply', 'region']
const depthOnLeader: Readonly<Record<StageLayer, number>> = {
  client: 0,
  coordinator: 1,
  service: 1,
  raft: 2,
  apply: 2,
  region: 2,
}

/**
 * The operation as a stack over the nodes: the client, the layers of the leader, below them the followers; each with the
 * stage that it stands at.
 *
 * @param held ids of the stages that are held now
 */
export function stackFrames(
  stages: readonly StageEvent[],
  lanes: readonly FlowLane[],
  held: ReadonlySet<string>,
): readonly StackFrame[] {
  const newest = new Map<string, StageEvent>()
  for (const event of stages) {
    // Parts are within a stage, which is the frame; only who has stepped into one stands there.
    if (parentStage(event.stage) !== undefined && !held.has(stageIdOf(event))) continue
    const place = `${event.nodeId} ${layerOfStage[event.stage]}`
    const known = newest.get(place)
    // What is held is where it stands, whatever else of it has gone on.
    if (known !== undefined && held.has(stageIdOf(known)) && !held.has(stageIdOf(event))) continue
    newest.set(place, event)
  }
  return lanes.flatMap((lane) =>
    order.flatMap((layer): readonly StackFrame[] => {
      const event = newest.get(`${lane.nodeId} ${layer}`)
      if (event === undefined) return []
      const isFollower = lane.kind === 'store' && !lane.isLeader
      const depth = depthOnLeader[layer] + (isFollower ? 1 : 0)
      const isHeld = held.has(stageIdOf(event))
      return [{ id: `${lane.nodeId}-${layer}`, lane, layer, event, isHeld, depth }]
    }),
  )
}
