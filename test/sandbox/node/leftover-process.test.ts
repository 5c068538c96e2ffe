import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Env } from '../../../src-main/env'
import { LOCK_FILE_NAME, lockHolder, realEnv } from '../../../src-main/env/real'
import type { SimulatedClock } from '../../../src-main/env/simulated'
import { simulatedEnv } from '../../../src-main/env/simulated'
import { createHoldingNode, endLeftoverProcess } from '../../../src-main/sandbox/node/leftover-process'
import type { NodeConfig } from '../../../src-main/sandbox/node/node-config'
import type { MountableNode } from '../../../src-main/sandbox/node/mountable-node'

let env: Env
let clock: SimulatedClock
beforeEach(() => {
  const simulation = simulatedEnv({ seed: 1 })
  env = simulation.addNode('host').env
  clock = simulation.clock
})

/** A process that holds the folder until it was killed and some looks have passed. */
function processTable({ isCertain, looksAfterKill }: { isCertain: boolean; looksAfterKill: number }) {
  const killed: number[] = []
  let looks = 0
  return {
    killed,
    holderOf: () => {
      if (killed.length > 0 || !isCertain) looks++
      return Promise.resolve(looks > looksAfterKill ? undefined : { pid: 7, isCertain })
    },
    kill: (pid: number) => killed.push(pid),
  }
}

const run = async <T>(work: Promise<T>): Promise<T> => {
  let isSettled = false
  const settled = work.finally(() => {
    isSettled = true
  })
  settled.catch(() => undefined)
  await clock.runUntil(() => isSettled, { timeMs: 60_000 })
  return settled
}

describe('what an earlier host left running of a node', () => {
  it('is killed once, and waited for', async () => {
    const processes = processTable({ isCertain: true, looksAfterKill: 5 })
    await run(endLeftoverProcess(env, processes, '/w/store-1'))
    expect(processes.killed).toEqual([7])
  })

  it('is not killed, only waited for, where its id may be somebody else’s by now', async () => {
    const processes = processTable({ isCertain: false, looksAfterKill: 5 })
    await run(endLeftoverProcess(env, processes, '/w/store-1'))
    expect(processes.killed).toEqual([])
  })

  it('that does not end is named', async () => {
    const processes = processTable({ isCertain: true, looksAfterKill: Infinity })
    await expect(run(endLeftoverProcess(env, processes, '/w/store-1'))).rejects.toMatchObject({
      code: 'DISK_LOCKED',
      details: { directory: '/w/store-1', pid: 7 },
    })
  })
})

describe('the holder of a real folder', () => {
  it('is told while it lives, and nobody when the folder is free or its holder is dead', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'dingo-holder-'))
    try {
      expect(await lockHolder(directory)).toBeUndefined()
      const lock = await realEnv().disk.lock(directory)
      expect(await lockHolder(directory)).toEqual({ pid: process.pid, isCertain: process.platform === 'linux' })
      const file = join(directory, LOCK_FILE_NAME)
      const record = await readFile(file, 'utf8')
      const dead = spawnSync(process.execPath, ['--version']).pid
      await writeFile(file, record.replace(`"pid":${String(process.pid)}`, `"pid":${String(dead)}`))
      expect(await lockHolder(directory)).toBeUndefined()
      await writeFile(file, record)
      await lock.release()
      expect(await lockHolder(directory)).toBeUndefined()
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  })
})

describe('a node that holds its folder', () => {
  const config = { name: 'store-1', directory: '/w/store-1' } as NodeConfig
  const phases = { engineMs: 1, nodeMs: 2, serveMs: 3 }
  const listener = {
    onFailure: () => undefined,
    onWarning: () => undefined,
    onShutdown: () => undefined,
    onFlow: () => undefined,
  }

  it('does so before it opens anything, until it has closed everything', async () => {
    const isHeld = () =>
      env.disk.lock('/w/store-1').then(
        async (lock) => {
          await lock.release()
          return false
        },
        () => true,
      )
    const seen: boolean[] = []
    const node = {
      start: async () => {
        seen.push(await isHeld())
        return phases
      },
      stop: async () => {
        seen.push(await isHeld())
      },
    } as unknown as MountableNode
    const holding = createHoldingNode(env, () => node)(config, [], listener)
    expect(await run(holding.start())).toEqual(phases)
    await run(holding.stop({ handOver: false }))
    expect(seen).toEqual([true, true])
    expect(await isHeld()).toBe(false)
  })
})
