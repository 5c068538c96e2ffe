import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import type { SerializedSandboxError } from '../../../src-main/base/sandbox-error'
import { useOverviewStore } from '../../data/overview-store'
import { useSessionStore } from '../../data/session-store'
import { errorWords } from '../error-words'
import type { Entity } from '../navigation/entity'
import { entityAddress } from '../navigation/entity'
import { formatBytes } from '../../ui/format'
import { fullDisks } from './full-disks'

/** Something that calls for a look, with what to do about it. */
export interface Problem {
  readonly id: string
  /** `alarm` needs somebody; `note` is worth knowing. */
  readonly tone: 'alarm' | 'note'
  readonly title: string
  readonly why: string
  readonly next: string
  /** Wall time in ms; undefined for what holds now. */
  readonly atMs: number | undefined
  /** Where it can be looked at. */
  readonly address: string | undefined
}

const concerns = ['no-leader', 'degraded', 'lagging', 'epoch-differs'] as const

/** What calls for a look now: of the cluster, its nodes and its regions; then the warnings, the newest first. */
export function useProblems() {
  const { t, locale } = useI18n()
  const session = useSessionStore()
  const overview = useOverviewStore()

  function ofError(id: string, error: SerializedSandboxError, rest: Partial<Problem> & Pick<Problem, 'tone'>): Problem {
    const words = errorWords(t, error, window.sandboxWindow !== undefined)
    return { id, title: words.what, why: words.why, next: words.next, atMs: undefined, address: undefined, ...rest }
  }

  const standing = computed<readonly Problem[]>(() => {
    const found: Problem[] = []
    const view = session.view
    if (view?.error) found.push(ofError('session', view.error, { tone: 'alarm', address: '/start' }))
    for (const { nodeId, role, name, lastError } of view?.nodes ?? []) {
      if (lastError === undefined) continue
      const entity: Entity = role === 'store' ? { kind: 'store', storeId: nodeId } : { kind: 'coordinator', nodeId }
      const title = t('problem.node', { node: name })
      found.push({ ...ofError(`node-${nodeId}`, lastError, { tone: 'alarm' }), title, address: entityAddress(entity) })
    }
    const now = overview.overview
    if (now?.error) found.push(ofError('overview', now.error, { tone: 'alarm', address: '/cluster' }))
    const full = fullDisks(now?.stores ?? [])
    const [first] = full
    if (first !== undefined) {
      const bytes = (count: number) => formatBytes(count, locale.value)
      found.push({
        id: 'disk',
        tone: 'alarm',
        title: t('problem.disk.what', { stores: full.map(({ ordinal }) => `S${ordinal}`).join(', ') }),
        why: t('problem.disk.why', { free: bytes(first.freeBytes), total: bytes(first.totalBytes) }),
        next: t('problem.disk.next'),
        atMs: undefined,
        address: entityAddress({ kind: 'store', storeId: first.storeId }),
      })
    }
    for (const concern of concerns) {
      const count = now?.concerns[concern] ?? 0
      if (count === 0) continue
      found.push({
        id: concern,
        tone: concern === 'no-leader' ? 'alarm' : 'note',
        title: t(`problem.${concern}.what`, { count }),
        why: t(`problem.${concern}.why`),
        next: t(`problem.${concern}.next`),
        atMs: undefined,
        address: `/regions?concern=${concern}`,
      })
    }
    return found
  })

  const warnings = computed<readonly Problem[]>(() =>
    [...(session.view?.warnings ?? [])].reverse().map(({ atMs, nodeId, warning }, at) => {
      const node = session.view?.nodes.find((each) => each.nodeId === nodeId)
      // What is warned of was dealt with already: there is nothing to be done, only to be known.
      return {
        id: `warning-${atMs}-${at}`,
        tone: 'note',
        title: node?.name ?? t('problem.warning'),
        why: warning.message,
        next: '',
        atMs,
        address: undefined,
      }
    }),
  )

  const problems = computed(() => [...standing.value, ...warnings.value])
  /** How many hold now. */
  const standingCount = computed(() => standing.value.length)
  /** Whether any of them needs somebody. */
  const needsSomebody = computed(() => standing.value.some(({ tone }) => tone === 'alarm'))
  return { problems, standingCount, needsSomebody }
}
