import { beforeEach, describe, expect, it } from 'vitest'
import { SandboxError } from '../../../src-main/base/sandbox-error'
import type { Simulation } from '../../../src-main/env/simulated'
import { simulatedEnv } from '../../../src-main/env/simulated'
import type { LessonCluster } from '../../../src-main/sandbox/lessons/lesson-cluster'
import { LessonDesk } from '../../../src-main/sandbox/lessons/lesson-desk'
import type { LessonRunParts } from '../../../src-main/sandbox/lessons/lesson-run'

const texts = 'title en: T\ntitle zh: 题\nabout en: A\nabout zh: 关\n'
const two = `${texts}say en: one\nsay zh: 一\ntable demo\nsay en: two\nsay zh: 二\nput demo/a b\n`

let simulation: Simulation
let desk: LessonDesk
let done: string[]
let told: string[]
/** What a put of the lesson does. */
let put: () => Promise<void>

beforeEach(async () => {
  simulation = simulatedEnv({ seed: 3 })
  const { disk, clock } = simulation.addNode('host').env
  await disk.makeDirectory('/lessons')
  await disk.replaceFile('/lessons/two.lesson', new TextEncoder().encode(two))
  await disk.replaceFile('/lessons/notes.txt', new Uint8Array(1))
  done = []
  told = []
  put = () => Promise.resolve()
  const note = (what: string) => () => {
    done.push(what)
    return Promise.resolve()
  }
  const flow = { continueAll: note('let go'), setMode: note('mode') } as unknown as LessonRunParts['flow']
  const cluster = { table: note('table'), put: () => put(), mend: note('mended') } as unknown as LessonCluster
  desk = new LessonDesk({ disk, directory: '/lessons', open: () => ({ clock, flow, cluster, close: note('closed') }) })
  desk.onProgress((progress) => told.push(progress === undefined ? 'none' : `${progress.scene} ${progress.state}`))
})

const settle = () => simulation.clock.settle()

describe('lessons for the screens', () => {
  it('are listed by their files', async () => {
    expect(await desk.list()).toEqual([
      { lessonId: 'two', title: { en: 'T', zh: '题' }, about: { en: 'A', zh: '关' }, sceneCount: 2 },
    ])
  })

  it('go on scene by scene, and mend what they broke at their end', async () => {
    await desk.start('two')
    await settle()
    expect(desk.progress).toMatchObject({ scene: 1, sceneCount: 2, say: { en: 'one', zh: '一' }, state: 'waiting' })
    desk.next()
    await settle()
    expect(told).toEqual(['1 working', '1 waiting', '2 working', '2 done'])
    await desk.stop()
    expect(told.at(-1)).toBe('none')
    expect(done).toEqual(['table', 'let go', 'mode', 'mended', 'closed'])
  })

  it('tell with the line what did not come', async () => {
    put = () => Promise.reject(new SandboxError('CLIENT_TIMED_OUT', 'It took too long.'))
    await desk.start('two')
    await settle()
    desk.next()
    await settle()
    expect(desk.progress).toMatchObject({ state: 'failed', error: { code: 'LESSON_FAILED', details: { line: 10 } } })
    expect(() => {
      desk.next()
    }).toThrow(expect.objectContaining({ code: 'LESSON_NOT_WAITING' }) as Error)
  })

  it.each(['none', '../two', ''])('of the name "%s" there is none', async (lessonId) => {
    await expect(desk.start(lessonId)).rejects.toMatchObject({ code: 'LESSON_NOT_FOUND' })
  })
})
