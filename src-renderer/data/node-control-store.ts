import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { SerializedSandboxError } from '../../src-main/base/sandbox-error'
import { toDoorError, useDoorClient } from './door-client'

/** What a person can do to a node. */
export const nodeActions = ['start', 'stop', 'restart', 'kill', 'pause', 'resume'] as const
export type NodeAction = (typeof nodeActions)[number]
/** What a person can do to the link between two nodes. */
export type LinkAction = 'cutLink' | 'healLink'
/** With a delay, or to end it. */
export type DelayAction = 'delayLink' | 'clearDelay'
/** `one-way` is from the first node to the second. */
export type LinkDirection = 'both' | 'one-way'

/** Something that a person did to the nodes, and how it went. */
export interface ControlDeed {
  /** Grows from deed to deed. */
  readonly number: number
  readonly action: NodeAction | LinkAction | DelayAction | 'healAll'
  /** The node, or both ends of the link; none for `healAll`. */
  readonly nodeIds: readonly number[]
  /** Of a deed on a link. */
  readonly direction: LinkDirection | undefined
  /** Of a `delayLink`. */
  readonly delayMs?: number
  readonly outcome: 'under-way' | 'done' | 'failed'
  readonly error: SerializedSandboxError | undefined
}

/** How many deeds are remembered. */
const MOST_DEEDS = 20

/** Control over the nodes: asks the host, and remembers what was asked and how it went. States come with the session. */
export const useNodeControlStore = defineStore('nodeControl', () => {
  const client = useDoorClient()
  /** The newest last. */
  const deeds = shallowRef<readonly ControlDeed[]>([])
  const latest = computed(() => deeds.value.at(-1))
  let lastNumber = 0

  async function run(
    deed: Pick<ControlDeed, 'action' | 'nodeIds' | 'direction' | 'delayMs'>,
    ask: () => Promise<unknown>,
  ) {
    lastNumber += 1
    const number = lastNumber
    const begun: ControlDeed = { ...deed, number, outcome: 'under-way', error: undefined }
    deeds.value = [...deeds.value.slice(-(MOST_DEEDS - 1)), begun]
    try {
      await ask()
      settle({ ...begun, outcome: 'done' })
    } catch (thrown) {
      settle({ ...begun, outcome: 'failed', error: toDoorError(thrown) })
    }
  }

  /** A deed that was dismissed meanwhile stays away. */
  function settle(settled: ControlDeed): void {
    deeds.value = deeds.value.map((deed) => (deed.number === settled.number ? settled : deed))
  }

  /** Never rejects: a failure is kept with the deed. */
  function onNode(action: NodeAction, nodeId: number): Promise<void> {
    return run({ action, nodeIds: [nodeId], direction: undefined }, () => client.nodes[action].mutate({ nodeId }))
  }

  /** Never rejects: a failure is kept with the deed. */
  function onLink(action: LinkAction, from: number, to: number, direction: LinkDirection): Promise<void> {
    return run({ action, nodeIds: [from, to], direction }, () => client.nodes[action].mutate({ from, to, direction }))
  }

  /**
   * Lets what passes arrive late. Never rejects: a failure is kept with the deed.
   *
   * @param delayMs 0 ends it
   */
  function onDelay(delayMs: number, from: number, to: number, direction: LinkDirection): Promise<void> {
    const action = delayMs === 0 ? 'clearDelay' : 'delayLink'
    return run({ action, nodeIds: [from, to], direction, delayMs }, () =>
      client.nodes.delayLink.mutate({ from, to, direction, delayMs }),
    )
  }

  /** Heals every link. Never rejects: a failure is kept with the deed. */
  function healAll(): Promise<void> {
    return run({ action: 'healAll', nodeIds: [], direction: undefined }, () => client.nodes.healAll.mutate())
  }

  function dismiss(number: number): void {
    deeds.value = deeds.value.filter((deed) => deed.number !== number)
  }

  return { deeds, latest, onNode, onLink, onDelay, healAll, dismiss }
})
