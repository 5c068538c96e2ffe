import type { SessionView } from '../../src-main/sandbox/session/session-view'

/** A program in which no cluster is open; what tests spread a session of their own over. */
export const closedSession: SessionView = {
  phase: 'closed',
  workspace: undefined,
  topology: undefined,
  engine: undefined,
  mount: undefined,
  clusterId: undefined,
  progress: undefined,
  readyMs: undefined,
  nodes: [],
  cutLinks: [],
  delayedLinks: [],
  warnings: [],
  capabilities: { control: false, pause: false, write: false },
  error: undefined,
}
