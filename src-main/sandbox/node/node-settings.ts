import type { ReadMode } from '../../engine/engine-context'
import { readModes } from '../../engine/engine-context'
import type { RaftTiming } from '../../raft/node/raft-node-manager'
import type { PlainData } from '../plain-data'

/** How the nodes of a cluster work: the same on all of them. Times in ms, sizes in bytes. */
export interface NodeSettings {
  readonly raft: RaftTiming
  /** How reads prove themselves unless a request says otherwise. */
  readonly readMode: ReadMode
  /** How often a store tells the coordinators how it is. */
  readonly storeHeartbeatMs: number
  /** A store unheard of for so long is OFFLINE. */
  readonly storeOfflineMs: number
  /** How often a coordinator looks after its jobs when nothing wakes it earlier. */
  readonly jobIntervalMs: number
  /** The largest message that a node takes, in requests and in answers. */
  readonly maxMessageBytes: number
  /** How long calls under way may take to end when a node stops. */
  readonly stopGraceMs: number
}

/**
 * The sandbox's own defaults: quicker than DingoDB's (election 15 s, store heartbeat 10 s), because a person waits for what
 * happens. Not quicker than this, because heartbeats between the nodes are nearly all that an idle cluster does.
 */
export const DEFAULT_NODE_SETTINGS: NodeSettings = {
  raft: { tickMs: 250, electionTimeoutMs: 2_000, heartbeatMs: 750 },
  readMode: 'lease',
  storeHeartbeatMs: 2_000,
  storeOfflineMs: 10_000,
  jobIntervalMs: 1_000,
  maxMessageBytes: 64 * 1024 * 1024,
  stopGraceMs: 2_000,
}

const ONE_HOUR_MS = 60 * 60 * 1000
const ONE_GIBIBYTE = 1024 * 1024 * 1024

/** Reads settings; what is missing takes its default. @throws SandboxError with the data's code */
export function readNodeSettings(data: PlainData): NodeSettings {
  if (!data.exists) return DEFAULT_NODE_SETTINGS
  const milliseconds = (from: PlainData, otherwise: number) =>
    from.exists ? from.wholeNumber(1, ONE_HOUR_MS) : otherwise
  const { raft, ...defaults } = DEFAULT_NODE_SETTINGS
  const raftData = data.field('raft')
  const raftTime = (name: keyof RaftTiming) =>
    raftData.exists ? milliseconds(raftData.field(name), raft[name]) : raft[name]
  const time = (name: 'storeHeartbeatMs' | 'storeOfflineMs' | 'jobIntervalMs' | 'stopGraceMs') =>
    milliseconds(data.field(name), defaults[name])
  const readMode = data.field('readMode')
  const maxMessageBytes = data.field('maxMessageBytes')
  return {
    raft: {
      tickMs: raftTime('tickMs'),
      electionTimeoutMs: raftTime('electionTimeoutMs'),
      heartbeatMs: raftTime('heartbeatMs'),
    },
    readMode: readMode.exists ? readMode.oneOf(readModes) : defaults.readMode,
    storeHeartbeatMs: time('storeHeartbeatMs'),
    storeOfflineMs: time('storeOfflineMs'),
    jobIntervalMs: time('jobIntervalMs'),
    maxMessageBytes: maxMessageBytes.exists
      ? maxMessageBytes.wholeNumber(1024, ONE_GIBIBYTE)
      : defaults.maxMessageBytes,
    stopGraceMs: time('stopGraceMs'),
  }
}
