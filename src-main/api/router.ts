import { eventsRouter } from './procedures/events'
import { preferencesRouter } from './procedures/preferences'
import { systemRouter } from './procedures/system'
import { router } from './trpc'

/** Every procedure of the door (docs/door.md). */
export const doorRouter = router({
  system: systemRouter,
  preferences: preferencesRouter,
  events: eventsRouter,
})

/** The type from which the page's client knows every procedure, its input and its answer. */
export type DoorRouter = typeof doorRouter
