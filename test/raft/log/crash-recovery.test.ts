import { describe, expect, test } from 'vitest'
import { SandboxError } from '../../../src-main/base/sandbox-error'
import type { Random } from '../../../src-main/env'
import { SeededRandom } from '../../../src-main/env/seeded-random'
import { SimulatedDisk } from '../../../src-main/env/simulated'
import type { Entry, EntryId } from '../../../src-main/raft/core/model/entry'
import type { HardState } from '../../../src-main/raft/core/model/hard-state'
import type { LogUpdate, RaftLogStore } from '../../../src-main/raft/log/raft-log-store'
import { SegmentedRaftLogStore } from '../../../src-main/raft/log/segmented-raft-log-store'

const openLog = (disk: SimulatedDisk) =>
  SegmentedRaftLogStore.open({
    disk,
    directory: '/raft/1',
    regionId: 1,
    segmentBytes: 600,
    cacheBytes: 300,
    // Small enough for stretches to be laid out, used up and given back in every run.
    spaceAheadBytes: 256,
  })

/** What a log holds, and so what a test may compare. */
interface LogContent {
  readonly mark: EntryId
  readonly hardState: HardState
  /** Index -> term and data, of the entries behind the mark. */
  readonly entries: ReadonlyMap<number, string>
}

const describeEntry = ({ term, data }: Entry) => `${String(term)}:${Buffer.from(data).toString('hex')}`

async function contentOf(log: RaftLogStore): Promise<LogContent> {
  const entries = await log.readEntries(log.firstIndex, log.lastIndex + 1, Number.POSITIVE_INFINITY)
  return {
    mark: log.mark,
    hardState: log.hardState,
    entries: new Map(entries.map((entry) => [entry.index, describeEntry(entry)])),
  }
}

type Step =
  | { readonly kind: 'append'; readonly update: LogUpdate }
  | { readonly kind: 'sync' }
  | { readonly kind: 'cut-prefix'; readonly index: number }

/** Draws steps that a Raft node could take: terms grow, conflicts replace what is not committed, snapshots come, the log is cut. */
function drawSteps(random: Random, count: number): Step[] {
  const steps: Step[] = []
  let term = 1
  let vote = 0
  let commit = 0
  let mark = 0
  let terms: number[] = [0]
  const last = () => mark + terms.length - 1
  for (let step = 0; step < count; step += 1) {
    const dice = random.integer(0, 19)
    if (dice < 6) steps.push({ kind: 'sync' })
    else if (dice === 6 && commit > mark) {
      const index = random.integer(mark + 1, commit)
      terms = terms.slice(index - mark)
      mark = index
      steps.push({ kind: 'cut-prefix', index })
    } else if (dice === 7 && random.chance(0.5)) {
      // Also into the log, where it took another course than the leader's.
      const index = random.integer(commit + 1, last() + 5)
      commit = Math.max(commit, index)
      mark = index
      terms = [term]
      steps.push({ kind: 'append', update: { hardState: { term, vote, commit }, reset: { index, term } } })
    } else {
      if (dice < 11) {
        term += 1
        vote = random.integer(0, 3)
      }
      const first = random.chance(0.3) ? random.integer(commit + 1, last() + 1) : last() + 1
      const appended = random.integer(0, 4)
      const entries = Array.from({ length: appended }, (_, position): Entry => {
        const data = random.bytes(random.pick([0, 3, 40, 700]))
        return { index: first + position, term, type: 'EntryNormal', data }
      })
      if (appended > 0) terms = [...terms.slice(0, first - mark), ...entries.map((entry) => entry.term)]
      commit = random.integer(commit, last())
      steps.push({ kind: 'append', update: { hardState: { term, vote, commit }, entries } })
    }
  }
  return steps
}

/** What a run did until it ended or crashed. */
interface Run {
  /** The content when the last sync that resolved was asked for. */
  promised: LogContent
  /** Every content that was ever appended since, oldest first, with the promised one at the start. */
  since: LogContent[]
}

const EMPTY: LogContent = {
  mark: { index: 0, term: 0 },
  hardState: { term: 0, vote: 0, commit: 0 },
  entries: new Map(),
}

/** What a log holds after a step, by the contract alone. */
function contentAfter(content: LogContent, step: Step): LogContent {
  if (step.kind === 'sync') return content
  if (step.kind === 'cut-prefix') {
    const term = Number(content.entries.get(step.index)?.split(':')[0])
    const entries = new Map([...content.entries].filter(([index]) => index > step.index))
    return { ...content, mark: { index: step.index, term }, entries }
  }
  const { reset, hardState = content.hardState, entries: appended = [] } = step.update
  const first = appended[0]?.index ?? Number.POSITIVE_INFINITY
  const kept = reset === undefined ? [...content.entries].filter(([index]) => index < first) : []
  const added = appended.map((entry) => [entry.index, describeEntry(entry)] as const)
  return { mark: reset ?? content.mark, hardState, entries: new Map([...kept, ...added]) }
}

async function run(disk: SimulatedDisk, steps: readonly Step[]): Promise<Run> {
  const result: Run = { promised: EMPTY, since: [EMPTY] }
  let content = EMPTY
  try {
    const log = await openLog(disk)
    for (const step of steps) {
      content = contentAfter(content, step)
      result.since.push(content)
      if (step.kind === 'append') log.append(step.update)
      else {
        await (step.kind === 'sync' ? log.sync() : log.cutPrefix(step.index))
        expect(await contentOf(log)).toEqual(content)
        result.promised = content
        result.since = [content]
      }
    }
  } catch (error) {
    if (!SandboxError.is(error, 'DISK_CLOSED') && !SandboxError.is(error, 'RAFT_LOG_FAILED')) throw error
  }
  return result
}

/** What must hold of a log that was opened again. */
function checkRecovered(recovered: LogContent, { promised, since }: Run): void {
  expect(recovered.hardState.term).toBeGreaterThanOrEqual(promised.hardState.term)
  expect(recovered.hardState.commit).toBeGreaterThanOrEqual(promised.hardState.commit)
  expect(since.map(({ hardState }) => `${String(hardState.term)} ${String(hardState.vote)}`)).toContain(
    `${String(recovered.hardState.term)} ${String(recovered.hardState.vote)}`,
  )
  expect(since.map(({ mark }) => mark.index)).toContain(recovered.mark.index)
  for (const [index, entry] of recovered.entries) {
    // Nothing stands there that was not appended there.
    expect(since.map(({ entries }) => entries.get(index))).toContain(entry)
  }
  for (const [index, entry] of promised.entries) {
    const isCovered = index <= recovered.mark.index
    const wasReplaced = since.some(({ mark, entries }) => mark.index < index && entries.get(index) !== entry)
    if (!isCovered && !wasReplaced) expect(recovered.entries.get(index)).toBe(entry)
  }
}

async function checkAfterCrash(disk: SimulatedDisk, result: Run): Promise<void> {
  const log = await openLog(disk)
  const recovered = await contentOf(log)
  checkRecovered(recovered, result)
  // What was recovered is durable: the next crash changes nothing of it.
  disk.crash()
  const again = await openLog(disk)
  expect(await contentOf(again)).toEqual(recovered)
  again.append({
    entries: [{ index: again.lastIndex + 1, term: again.hardState.term, type: 'EntryNormal', data: Uint8Array.of(1) }],
  })
  await again.close()
  const third = await openLog(disk)
  expect(third.lastIndex).toBe(again.lastIndex)
  await third.close()
}

describe('a crash', () => {
  test('at every single mutation of the disk loses nothing that was promised', async () => {
    let crashes = 0
    for (let seed = 1; seed <= 6; seed += 1) {
      const steps = drawSteps(new SeededRandom(seed), 24)
      const whole = new SimulatedDisk({ random: new SeededRandom(seed) })
      await run(whole, steps)
      for (let mutation = 1; mutation <= whole.mutationCount; mutation += 1) {
        for (const moment of ['before', 'after'] as const) {
          const disk = new SimulatedDisk({ random: new SeededRandom(seed * 1000 + mutation) })
          disk.crashAt({ mutation, moment })
          const result = await run(disk, steps)
          expect(disk.crashCount).toBe(1)
          await checkAfterCrash(disk, result)
          crashes += 1
        }
      }
    }
    expect(crashes).toBeGreaterThan(300)
  })

  test('after any steps, whatever survives of what was not synced, loses nothing that was promised', async () => {
    for (let seed = 1; seed <= 150; seed += 1) {
      const random = new SeededRandom(`steps ${String(seed)}`)
      const disk = new SimulatedDisk({ random: new SeededRandom(seed) })
      const result = await run(disk, drawSteps(random, random.integer(1, 40)))
      disk.crash({ tearProbability: 0.9 })
      await checkAfterCrash(disk, result)
    }
  })
})
