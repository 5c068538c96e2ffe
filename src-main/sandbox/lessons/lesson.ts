import type { SerializedSandboxError } from '../../base/sandbox-error'

/** A text in both languages of the screens. */
export interface LessonText {
  readonly en: string
  readonly zh: string
}

/** One thing that a lesson does or expects, as it stands in its file. */
export interface LessonStatement {
  /** Of the file, 1.. */
  readonly line: number
  /** The words of the line; the first ones are the command. */
  readonly words: readonly string[]
}

/** What is said, and what is done then. */
export interface LessonScene {
  readonly say: LessonText
  readonly statements: readonly LessonStatement[]
}

/** A lesson: a text file in resources/lessons, whose language docs/stepping.md describes. */
export interface Lesson {
  /** The name of its file: `life-of-a-put`. */
  readonly lessonId: string
  readonly title: LessonText
  /** What it shows, in a sentence. */
  readonly about: LessonText
  readonly scenes: readonly LessonScene[]
}

/** A lesson in the list of all. */
export type LessonSummary = Pick<Lesson, 'lessonId' | 'title' | 'about'> & { readonly sceneCount: number }

/** How far a lesson has come. Plain data; told at each change. */
export interface LessonProgress {
  readonly lessonId: string
  readonly title: LessonText
  /** 1.. */
  readonly scene: number
  readonly sceneCount: number
  readonly say: LessonText
  /** `working`: what the scene does is under way. `waiting`: for the person to go on. `done`: it was the last scene. */
  readonly state: 'working' | 'waiting' | 'done' | 'failed'
  /** The operation that the lesson followed last. */
  readonly traceId: string | undefined
  /** Why it failed, with the line in `details.line`. */
  readonly error: SerializedSandboxError | undefined
}
