import { SandboxError } from '../../base/sandbox-error'
import type { Disk } from '../../env'
import { joinDiskPath } from '../disk-path'
import type { Lesson, LessonProgress, LessonSummary } from './lesson'
import { LessonRun } from './lesson-run'
import type { LessonRunParts } from './lesson-run'
import { parseLesson } from './parse-lesson'

/** What lessons are read from and run with. */
export interface LessonDeskParts {
  readonly disk: Pick<Disk, 'list' | 'readFile'>
  /** Where the lessons lie, a Disk path. */
  readonly directory: string
  /** What a lesson is run with, made for each. @throws SandboxError SESSION_NOT_RUNNING */
  open(): LessonRunParts & { close(): Promise<void> }
}

/** Lessons, of which one at a time is under way, for the screens. */
export interface Lessons {
  list(): Promise<readonly LessonSummary[]>
  readonly progress: LessonProgress | undefined
  /** Calls back at each change; undefined when no lesson is under way any more. @returns stops it */
  onProgress(listener: (progress: LessonProgress | undefined) => void): () => void
  /** Begins a lesson with its first scene; one that is under way ends. @throws SandboxError LESSON_NOT_FOUND, LESSON_SYNTAX, SESSION_NOT_RUNNING */
  start(lessonId: string): Promise<void>
  /** Goes on to the next scene. @throws SandboxError LESSON_NOT_WAITING */
  next(): void
  /** Ends the lesson: everything goes on, and what it broke is mended. */
  stop(): Promise<void>
}

interface Life {
  readonly lesson: Lesson
  readonly parts: ReturnType<LessonDeskParts['open']>
  readonly run: LessonRun
  progress: LessonProgress
  /** What the scene does; never rejects. */
  working: Promise<void>
}

const SUFFIX = '.lesson'

export class LessonDesk implements Lessons {
  readonly #parts: LessonDeskParts
  readonly #listeners = new Set<(progress: LessonProgress | undefined) => void>()
  #life: Life | undefined

  constructor(parts: LessonDeskParts) {
    this.#parts = parts
  }

  get progress(): LessonProgress | undefined {
    return this.#life?.progress
  }

  onProgress(listener: (progress: LessonProgress | undefined) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async list(): Promise<readonly LessonSummary[]> {
    const entries = await this.#parts.disk.list(this.#parts.directory)
    const ids = entries.flatMap(({ name }) => (name.endsWith(SUFFIX) ? [name.slice(0, -SUFFIX.length)] : [])).sort()
    const lessons = await Promise.all(ids.map((lessonId) => this.#read(lessonId)))
    return lessons.map(({ lessonId, title, about, scenes }) => ({ lessonId, title, about, sceneCount: scenes.length }))
  }

  async start(lessonId: string): Promise<void> {
    const lesson = await this.#read(lessonId)
    await this.stop()
    const parts = this.#parts.open()
    const run = new LessonRun(lesson, parts)
    const life: Life = { lesson, parts, run, progress: progressOf(lesson, 1), working: Promise.resolve() }
    this.#life = life
    this.#work(life)
  }

  next(): void {
    const life = this.#life
    if (life?.progress.state !== 'waiting') {
      throw new SandboxError(
        'LESSON_NOT_WAITING',
        'No lesson waits to go on: start one, or wait until its scene is done.',
      )
    }
    life.progress = { ...progressOf(life.lesson, life.progress.scene + 1), traceId: life.run.traceId }
    this.#work(life)
  }

  async stop(): Promise<void> {
    const life = this.#life
    if (life === undefined) return
    this.#life = undefined
    try {
      await life.run.end()
      await life.working
    } finally {
      await life.parts.close()
      this.#tell()
    }
  }

  #work(life: Life): void {
    this.#tell()
    life.working = this.#perform(life)
  }

  async #perform(life: Life): Promise<void> {
    const { lesson, run } = life
    const change = (fields: Partial<LessonProgress>) => {
      if (this.#life !== life) return
      life.progress = { ...life.progress, traceId: run.traceId, ...fields }
      this.#tell()
    }
    try {
      for (const statement of lesson.scenes[life.progress.scene - 1]?.statements ?? []) {
        if (this.#life !== life) return
        const before = run.traceId
        await run.perform(statement)
        if (run.traceId !== before) change({})
      }
      change({ state: life.progress.scene === lesson.scenes.length ? 'done' : 'waiting' })
    } catch (thrown) {
      change({ state: 'failed', error: SandboxError.from(thrown).serialize() })
    }
  }

  async #read(lessonId: string): Promise<Lesson> {
    let bytes: Uint8Array
    // A name that leads out of the folder is none of a lesson.
    if (!/^[a-z0-9-]+$/.test(lessonId)) throw noLesson(lessonId)
    try {
      bytes = await this.#parts.disk.readFile(joinDiskPath(this.#parts.directory, `${lessonId}${SUFFIX}`))
    } catch (thrown) {
      if (!SandboxError.is(thrown, 'DISK_NOT_FOUND')) throw thrown
      throw noLesson(lessonId)
    }
    return parseLesson(lessonId, new TextDecoder().decode(bytes))
  }

  #tell(): void {
    for (const listener of this.#listeners) listener(this.progress)
  }
}

const noLesson = (lessonId: string) =>
  new SandboxError('LESSON_NOT_FOUND', `There is no lesson ${lessonId}.`, { details: { lessonId } })

const progressOf = (lesson: Lesson, scene: number): LessonProgress => ({
  lessonId: lesson.lessonId,
  title: lesson.title,
  scene,
  sceneCount: lesson.scenes.length,
  say: lesson.scenes[scene - 1]?.say ?? { en: '', zh: '' },
  state: 'working',
  traceId: undefined,
  error: undefined,
})
