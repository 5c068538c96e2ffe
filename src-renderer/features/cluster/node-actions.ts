import type { SessionCapabilities } from '../../../src-main/sandbox/session/session-view'
import type { NodeAction } from '../../data/node-control-store'
import type { NodeCondition } from './cluster-picture'

/** Why something cannot be done to a node now; each has its sentence in the words of this screen. */
export type ActionRefusal =
  'notOurs' | 'noPause' | 'runsAlready' | 'notRunning' | 'isPaused' | 'notPaused' | 'isStarting' | 'isStopping'

/** The host's own rules (src-main/sandbox/cluster/cluster-node.ts), so that what it would refuse is not offered. */
export function refusalOf(
  action: NodeAction,
  condition: NodeCondition,
  capabilities: SessionCapabilities,
): ActionRefusal | undefined {
  if (!capabilities.control || condition === 'silent') return 'notOurs'
  if ((action === 'pause' || action === 'resume') && !capabilities.pause) return 'noPause'
  const isUp = condition === 'running' || condition === 'paused' || condition === 'starting'
  switch (action) {
    case 'start':
      if (condition === 'paused') return 'isPaused'
      if (condition === 'starting') return 'isStarting'
      return condition === 'running' ? 'runsAlready' : undefined
    case 'stop':
      if (condition === 'stopping') return 'isStopping'
      return isUp || condition === 'failed' ? undefined : 'notRunning'
    case 'kill':
      return isUp || condition === 'failed' || condition === 'stopping' ? undefined : 'notRunning'
    case 'restart':
      return condition === 'starting' ? 'isStarting' : undefined
    case 'pause':
      if (condition === 'paused') return 'isPaused'
      return condition === 'running' ? undefined : 'notRunning'
    case 'resume':
      return condition === 'paused' ? undefined : 'notPaused'
  }
}
