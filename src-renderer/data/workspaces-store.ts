import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { SerializedSandboxError } from '../../src-main/base/sandbox-error'
import type { OpenRequest, RecentWorkspace } from '../../src-main/sandbox/session/session-view'
import { toDoorError, useDoorClient } from './door-client'
import { useSessionStore } from './session-store'

/** Workspaces that were open before, and the opening and closing of one. What is open is told by the session. */
export const useWorkspacesStore = defineStore('workspaces', () => {
  const client = useDoorClient()
  const session = useSessionStore()
  /** The newest first; undefined until the host has told. */
  const recent = shallowRef<readonly RecentWorkspace[]>()
  /** Why the list is not known. */
  const listError = shallowRef<SerializedSandboxError>()
  /** Why the last opening, closing or forgetting was refused. */
  const error = shallowRef<SerializedSandboxError>()
  /** What the host has been asked for and has not answered yet. */
  const underWay = ref<'open' | 'close' | 'forget'>()
  /** What was asked for last, to ask for it again. */
  const lastRequest = shallowRef<OpenRequest>()
  let questions = 0
  let turns = 0

  /** Asks the host for the list. What was known before stays until there is something newer. */
  async function load(): Promise<void> {
    questions += 1
    const question = questions
    try {
      const answer = await client.session.recent.query()
      if (question !== questions) return
      recent.value = answer
      listError.value = undefined
    } catch (thrown) {
      if (question === questions) listError.value = toDoorError(thrown)
    }
  }

  /** One at a time, because the host would only refuse a second one; but a close gives up what is being opened. */
  async function ask(what: 'open' | 'close' | 'forget', work: () => Promise<unknown>): Promise<boolean> {
    if (underWay.value !== undefined && !(what === 'close' && underWay.value === 'open')) return false
    turns += 1
    const turn = turns
    underWay.value = what
    error.value = undefined
    try {
      await work()
      return true
    } catch (thrown) {
      error.value = toDoorError(thrown)
      return false
    } finally {
      if (turn === turns) underWay.value = undefined
      await load()
    }
  }

  /** Opens a workspace, after closing the one that is open. @returns whether nodes are coming up */
  function open(request: OpenRequest): Promise<boolean> {
    return ask('open', async () => {
      lastRequest.value = request
      if (session.view !== undefined && session.view.phase !== 'closed') await client.session.close.mutate()
      const { where, topology, engine } = request
      await client.session.open.mutate({
        where,
        ...(topology === undefined ? {} : { topology }),
        ...(engine === undefined ? {} : { engine }),
      })
    })
  }

  function close(): Promise<boolean> {
    return ask('close', () => client.session.close.mutate())
  }

  /** Takes a workspace off the list; its folder stays. */
  function forget(directory: string): Promise<boolean> {
    return ask('forget', () => client.session.forget.mutate({ directory }))
  }

  return { recent, listError, error, underWay, lastRequest, load, open, close, forget }
})
