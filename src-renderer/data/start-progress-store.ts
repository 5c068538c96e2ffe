import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { ClusterProgress } from '../../src-main/sandbox/cluster/cluster-events'
import { useSessionStore } from './session-store'

/** What a start goes through, in order. */
export const startSteps = ['ports', 'nodes', 'leader', 'stores'] as const
export type StartStep = (typeof startSteps)[number]

/** How far one step has come. */
export interface StartStepView {
  readonly step: StartStep
  readonly state: 'waiting' | 'active' | 'done'
  readonly done: number
  readonly total: number
  /** Ms from the beginning of the start to the end of this step; undefined while it is not done, or if it was not seen. */
  readonly endedMs: number | undefined
}

/** The steps of the start that is under way, or of the last one, put together from the progress that the host tells. */
export const useStartProgressStore = defineStore('startProgress', () => {
  const session = useSessionStore()
  const latest = shallowRef<ClusterProgress>()
  const ended = shallowRef<ReadonlyMap<StartStep, number>>(new Map())
  const counts = shallowRef<ReadonlyMap<StartStep, { readonly done: number; readonly total: number }>>(new Map())

  function receive(progress: ClusterProgress): void {
    // Another start: its clock begins anew.
    if (latest.value !== undefined && progress.elapsedMs < latest.value.elapsedMs) clear()
    latest.value = progress
    if (progress.phase !== 'ready') {
      counts.value = new Map(counts.value).set(progress.phase, { done: progress.done, total: progress.total })
    }
    const times = new Map(ended.value)
    for (const step of startSteps) {
      if (isOver(step, progress) && !times.has(step)) times.set(step, progress.elapsedMs)
    }
    ended.value = times
  }

  function clear(): void {
    latest.value = undefined
    ended.value = new Map()
    counts.value = new Map()
  }

  const steps = computed<readonly StartStepView[]>(() => {
    const progress = latest.value
    const active = startSteps.find((step) => progress === undefined || !isOver(step, progress))
    return startSteps.map((step) => ({
      step,
      state: step === active ? 'active' : progress !== undefined && isOver(step, progress) ? 'done' : 'waiting',
      done: counts.value.get(step)?.done ?? 0,
      total: counts.value.get(step)?.total ?? 0,
      endedMs: ended.value.get(step),
    }))
  })

  watch(
    () => session.view,
    (view, before) => {
      if (view?.phase === 'starting' && before?.phase !== 'starting') clear()
      if (view?.progress !== undefined && view.progress !== latest.value) receive(view.progress)
    },
    { immediate: true, flush: 'sync' },
  )

  return { steps, latest }
})

/** A step is over when all of it is done, or a later one has begun. */
function isOver(step: StartStep, { phase, done, total }: ClusterProgress): boolean {
  if (phase === 'ready') return true
  const difference = startSteps.indexOf(phase) - startSteps.indexOf(step)
  return difference > 0 || (difference === 0 && total > 0 && done >= total)
}
