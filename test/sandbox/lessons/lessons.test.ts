import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { connectToCluster } from '../../../src-main/client/connect'
import { LessonCluster } from '../../../src-main/sandbox/lessons/lesson-cluster'
import { LessonRun } from '../../../src-main/sandbox/lessons/lesson-run'
import { parseLesson } from '../../../src-main/sandbox/lessons/parse-lesson'
import { projectDirectory } from '../../support/capabilities'
import { SteppingWorld } from '../stepping/stepping-world'

const directory = join(projectDirectory, 'resources', 'lessons')
const files = (await readdir(directory)).filter((name) => name.endsWith('.lesson'))

async function read(file: string) {
  return parseLesson(file.replace('.lesson', ''), await readFile(join(directory, file), 'utf8'))
}

describe('the lessons', () => {
  it('are four', () => {
    expect(files).toEqual(['leader-lost.lesson', 'life-of-a-get.lesson', 'life-of-a-put.lesson', 'stale-epoch.lesson'])
  })

  it.each(files)('%s speaks both languages, each in its own letters', async (file) => {
    const lesson = await read(file)
    for (const { en, zh } of [lesson.title, lesson.about, ...lesson.scenes.map(({ say }) => say)]) {
      expect(en).not.toMatch(/\p{Script=Han}/u)
      expect(zh).toMatch(/\p{Script=Han}/u)
    }
  })

  it.each(files)(
    '%s: a real cluster does all that it says',
    async (file) => {
      const lesson = await read(file)
      const world = await SteppingWorld.open()
      const client = connectToCluster(world.env, {
        coordinators: world.host.addresses().coordinators,
        retryUnknown: true,
      })
      try {
        const { host, stepping, env } = world
        stepping.controller.watch()
        const cluster = new LessonCluster({ clock: env.clock, client, host })
        const run = new LessonRun(lesson, { clock: env.clock, flow: stepping.controller, cluster })
        for (const statement of lesson.scenes.flatMap(({ statements }) => statements)) await run.perform(statement)
        await run.end()
        expect(stepping.controller.state).toMatchObject({ isFrozen: false, holds: [] })
        expect(host.nodes().every(({ state }) => state === 'running')).toBe(true)
        expect(host.cutLinks).toEqual([])
      } finally {
        await client.close()
        await world.close()
      }
    },
    120_000,
  )
})
