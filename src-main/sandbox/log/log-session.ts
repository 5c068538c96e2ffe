import type { ClusterSession } from '../session/cluster-session'
import type { SessionView } from '../session/session-view'
import type { ProgramLog } from './program-log'

/** Logs what happens to a session: its phases, its nodes' states, its warnings. @returns stops it */
export function logSession(session: ClusterSession, log: ProgramLog): () => void {
  let before = session.view
  return session.onChange((view) => {
    logPhase(before, view, log)
    logNodes(before, view, log)
    // Warnings are only ever added, and those of another cluster are other objects.
    const known = new Set(before.warnings)
    for (const told of view.warnings) {
      if (!known.has(told)) log.write('warning', 'session.warning', { nodeId: told.nodeId, ...told.warning })
    }
    before = view
  })
}

function logPhase(before: SessionView, view: SessionView, log: ProgramLog): void {
  if (view.phase === before.phase && view.workspace === before.workspace) return
  const { phase, workspace, topology, engine, readyMs, error } = view
  log.write(error === undefined ? 'info' : 'error', 'session.phase', {
    phase,
    directory: workspace?.directory,
    topology,
    engine,
    readyMs,
    error,
  })
}

function logNodes(before: SessionView, view: SessionView, log: ProgramLog): void {
  const stateBefore = new Map(before.nodes.map(({ nodeId, state }) => [nodeId, state]))
  for (const { nodeId, name, state, lastError } of view.nodes) {
    if (state === (stateBefore.get(nodeId) ?? 'stopped')) continue
    log.write(state === 'failed' ? 'error' : 'info', 'node.state', { nodeId, name, state, error: lastError })
  }
}
