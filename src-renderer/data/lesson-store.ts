import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { LessonProgress, LessonSummary } from '../../src-main/sandbox/lessons/lesson'
import { useDoorClient } from './door-client'
import { NewestQuestion } from './newest-question'

/** The lesson that is under way, as the host last told it, and the list of all. */
export const useLessonStore = defineStore('lesson', () => {
  const client = useDoorClient()
  const progress = shallowRef<LessonProgress>()
  const lessons = shallowRef<readonly LessonSummary[]>([])
  const question = new NewestQuestion()

  function receive(next: LessonProgress | undefined): void {
    question.forget()
    progress.value = next
  }

  /** Asks the host how far the lesson is. */
  async function load(): Promise<void> {
    const isNewest = question.ask()
    try {
      const answer = await client.lessons.progress.query()
      if (isNewest()) progress.value = answer
    } catch {
      // The connection tells that the host is lost; what is shown stays.
    }
  }

  /** Reads the list of lessons. @throws what the door throws */
  async function loadList(): Promise<void> {
    lessons.value = await client.lessons.list.query()
  }

  return { progress, lessons, receive, load, loadList }
})
