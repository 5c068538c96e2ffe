import { describe, expect, it } from 'vitest'
import { clusterPicture } from '../../../../src-renderer/features/cluster/cluster-picture'
import { refusalOf } from '../../../../src-renderer/features/cluster/node-actions'
import { chooseLayout } from '../../../../src-renderer/features/cluster/region-layout'
import { someOverview, someSession, someTile } from '../../support/cluster-scene'

describe('the picture of the cluster', () => {
  it('knows from the host at once that a leader is gone, whatever the last overview said', () => {
    const overview = someOverview([])
    const leaders = (session: ReturnType<typeof someSession>) =>
      clusterPicture(session, overview, undefined).coordinators.filter(({ isLeader }) => isLeader)
    expect(leaders(someSession()).map(({ mark }) => mark)).toEqual(['C2'])
    expect(leaders(someSession({ 22_002: 'killed' }))).toEqual([])
  })

  it('tells when a store that does not run was heard of last', () => {
    const overview = someOverview([])
    const [store] = clusterPicture(someSession({ 20_001: 'paused' }), overview, undefined).stores
    expect(store).toMatchObject({ isStale: true, lastHeardMs: overview.takenAtMs - 400 })
  })

  it('is drawn before the first overview, and of a cluster that this program does not run', () => {
    expect(clusterPicture(someSession(), undefined, undefined).stores.map(({ mark }) => mark)).toEqual([
      'S1',
      'S2',
      'S3',
    ])
    const foreign = clusterPicture({ nodes: [] }, someOverview([]), undefined)
    expect(foreign.stores.map(({ condition }) => condition)).toEqual(['running', 'running', 'running'])
  })

  it('has the role of each replica, of one table if that is asked for', () => {
    const overview = someOverview([
      someTile(1, { learnerStoreIds: [20_003] }),
      someTile(2, { tableId: 7, leaderStoreId: undefined }),
    ])
    const [first, second] = clusterPicture(someSession(), overview, undefined).regions
    expect([...(first?.roles ?? [])]).toEqual([
      [20_001, 'leader'],
      [20_002, 'follower'],
      [20_003, 'learner'],
    ])
    expect(new Set(second?.roles.values())).toEqual(new Set(['follower']))
    expect(clusterPicture(someSession(), overview, 7).regions.map(({ tile }) => tile.regionId)).toEqual([2])
  })
})

describe('what can be done to a node', () => {
  const all = { control: true, pause: true, write: true }

  it('is what the host would take', () => {
    const allowed = (['start', 'stop', 'restart', 'kill', 'pause', 'resume'] as const).map((action) => [
      action,
      (['stopped', 'starting', 'running', 'paused', 'stopping', 'killed', 'failed'] as const).filter(
        (condition) => refusalOf(action, condition, all) === undefined,
      ),
    ])
    expect(Object.fromEntries(allowed)).toEqual({
      start: ['stopped', 'stopping', 'killed', 'failed'],
      stop: ['starting', 'running', 'paused', 'failed'],
      restart: ['stopped', 'running', 'paused', 'stopping', 'killed', 'failed'],
      kill: ['starting', 'running', 'paused', 'stopping', 'failed'],
      pause: ['running'],
      resume: ['paused'],
    })
  })

  it('is nothing where the program does not run the node, and no pause where there is none', () => {
    expect(refusalOf('kill', 'running', { ...all, control: false })).toBe('notOurs')
    expect(refusalOf('pause', 'running', { ...all, pause: false })).toBe('noPause')
    expect(refusalOf('kill', 'silent', all)).toBe('notOurs')
  })
})

describe('the choice between tiles and matrix', () => {
  it('is by number, unless a person chose', () => {
    expect([30, 31].map((regions) => chooseLayout('auto', regions))).toEqual(['tiles', 'matrix'])
    expect(chooseLayout('tiles', 300)).toBe('tiles')
    expect(chooseLayout('matrix', 3)).toBe('matrix')
  })
})
