import { eventsRouter } from './procedures/events'
import { flowRouter } from './procedures/flow'
import { inspectionRouter } from './procedures/inspection'
import { keyspaceRouter } from './procedures/keyspace'
import { lessonsRouter } from './procedures/lessons'
import { nodesRouter } from './procedures/nodes'
import { preferencesRouter } from './procedures/preferences'
import { sessionRouter } from './procedures/session'
import { systemRouter } from './procedures/system'
import { tablesRouter } from './procedures/tables'
import { router } from './trpc'

/** Every procedure of the door (docs/door.md). */
export const doorRouter = router({
  system: systemRouter,
  preferences: preferencesRouter,
  session: sessionRouter,
  nodes: nodesRouter,
  inspection: inspectionRouter,
  tables: tablesRouter,
  keyspace: keyspaceRouter,
  flow: flowRouter,
  lessons: lessonsRouter,
  events: eventsRouter,
})

/** The type from which the page's client knows every procedure, its input and its answer. */
export type DoorRouter = typeof doorRouter
