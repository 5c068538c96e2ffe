import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { NodeMountKind } from '../../src-main/sandbox/node/node-mount'
import { requireCapabilityOfAll } from '../support/capabilities'
import { soak } from './soak'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'soak-test-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

// The short form of `npm run soak`, with the built program.
describe('a program that is killed while clients write', () => {
  requireCapabilityOfAll('rocksdb')

  it.each<[NodeMountKind, number]>([
    ['worker', 3],
    ['process', 1],
  ])(
    'mounts by %s: it has every acknowledged write when it is started again',
    async (mount, nodes) => {
      const result = await soak({
        rounds: 3,
        writers: 8,
        directory: join(root, 'cluster'),
        coordinators: nodes,
        stores: nodes,
        engine: 'rocksdb',
        mount,
        writeMs: 100,
        killedStarts: 0.5,
        random: Math.random,
        report: () => undefined,
      })
      expect(result).toMatchObject({ rounds: 3, violations: [] })
      expect(result.acknowledged).toBeGreaterThan(0)
    },
    240_000,
  )
})
