import { defineStore } from 'pinia'
import { shallowRef, watch } from 'vue'
import type { SerializedSandboxError } from '../../src-main/base/sandbox-error'
import type { EngineView, KeyLocation } from '../../src-main/client/views/engine'
import type { KeyInput } from '../../src-main/client/views/keyspace'
import { toDoorError, useDoorClient } from './door-client'
import { NewestQuestion } from './newest-question'
import { useSessionStore } from './session-store'

/** What is known of one node's engine, and why no more is. */
export interface NodeEngine {
  readonly view: EngineView | undefined
  readonly error: SerializedSandboxError | undefined
  readonly isLoading: boolean
}

/** Work that a person asked an engine for, as it goes on. */
export interface EngineWork {
  readonly kind: 'flush' | 'compact'
  readonly nodeId: number
  /** Undefined: all of them. */
  readonly columnFamily: string | undefined
  readonly state: 'running' | 'done' | 'failed'
  /** The engine just before and just after; undefined if it could not be read. */
  readonly before: EngineView | undefined
  readonly after: EngineView | undefined
  readonly error: SerializedSandboxError | undefined
}

/** The answer to where a key lives at a node, or why there is none. */
export interface KeyLookup {
  readonly nodeId: number
  readonly location: KeyLocation | undefined
  readonly error: SerializedSandboxError | undefined
  readonly isLoading: boolean
}

const unknownEngine: NodeEngine = { view: undefined, error: undefined, isLoading: false }

/** The raw engines of the nodes, as they were last read, and what was asked of them. */
export const useEngineStore = defineStore('engine', () => {
  const client = useDoorClient()
  const session = useSessionStore()
  const byNode = shallowRef<ReadonlyMap<number, NodeEngine>>(new Map())
  const work = shallowRef<EngineWork>()
  const lookup = shallowRef<KeyLookup>()
  const lookups = new NewestQuestion()
  /** Grows with every other cluster: answers of the one before are then worthless. */
  let clusters = 0

  function change(nodeId: number, changes: Partial<NodeEngine>): void {
    byNode.value = new Map(byNode.value).set(nodeId, { ...(byNode.value.get(nodeId) ?? unknownEngine), ...changes })
  }

  /** Reads a node's engine. What was known before stays until there is something newer. */
  async function load(nodeId: number): Promise<void> {
    // One question at a time for each node: questions must not pile up before a node that does not answer.
    if (byNode.value.get(nodeId)?.isLoading === true) return
    const cluster = clusters
    change(nodeId, { isLoading: true })
    try {
      const view = await client.inspection.engine.query({ nodeId })
      if (cluster === clusters) change(nodeId, { view, error: undefined, isLoading: false })
    } catch (thrown) {
      if (cluster === clusters) change(nodeId, { error: toDoorError(thrown), isLoading: false })
    }
  }

  async function read(nodeId: number): Promise<EngineView | undefined> {
    await load(nodeId)
    return byNode.value.get(nodeId)?.view
  }

  async function run(
    asked: Pick<EngineWork, 'kind' | 'nodeId' | 'columnFamily'>,
    ask: () => Promise<unknown>,
  ): Promise<void> {
    if (work.value?.state === 'running') return
    const cluster = clusters
    const begun: EngineWork = { ...asked, state: 'running', before: undefined, after: undefined, error: undefined }
    work.value = begun
    const before = await read(asked.nodeId)
    let error: SerializedSandboxError | undefined
    try {
      await ask()
    } catch (thrown) {
      error = toDoorError(thrown)
    }
    const after = await read(asked.nodeId)
    if (cluster !== clusters) return
    work.value = { ...begun, state: error === undefined ? 'done' : 'failed', before, after, error }
  }

  /** Has a node write its memtables to table files. */
  const flush = (nodeId: number) =>
    run({ kind: 'flush', nodeId, columnFamily: undefined }, () => client.inspection.flush.mutate({ nodeId }))

  /** Has a node merge the table files of a family, or of all. */
  const compact = (nodeId: number, columnFamily: string | undefined) =>
    run({ kind: 'compact', nodeId, columnFamily }, () =>
      client.inspection.compact.mutate({ nodeId, ...(columnFamily === undefined ? {} : { columnFamily }) }),
    )

  /** Asks where a key lives. The answer to the last question is the one that counts. */
  async function locate(nodeId: number, key: KeyInput): Promise<void> {
    const counts = lookups.ask()
    lookup.value = { nodeId, location: undefined, error: undefined, isLoading: true }
    try {
      const location = await client.inspection.locate.query({ nodeId, key })
      if (counts()) lookup.value = { nodeId, location, error: undefined, isLoading: false }
    } catch (thrown) {
      if (counts()) lookup.value = { nodeId, location: undefined, error: toDoorError(thrown), isLoading: false }
    }
  }

  function forgetLookup(): void {
    lookups.forget()
    lookup.value = undefined
  }

  function forgetWork(): void {
    if (work.value?.state !== 'running') work.value = undefined
  }

  watch(
    () => session.generation,
    () => {
      clusters += 1
      byNode.value = new Map()
      work.value = undefined
      forgetLookup()
    },
  )

  return { byNode, work, lookup, load, flush, compact, locate, forgetLookup, forgetWork }
})
