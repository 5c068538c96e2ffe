import type { Random } from '../../env'
import type { DelayDistribution, DiskLatency } from '../../env/simulated'
import { leaseLengthMs } from '../node/lease-clock'
import type { RaftSettings } from '../node/raft-node-options'
import type { LinkFaults } from '../transport/in-process-transport'

/** What can be done to a group while it works. */
export const faultKinds = [
  /** The nodes fall apart into two sides that do not hear each other. */
  'partition',
  /** One direction between two nodes is cut, or all directions into or out of one node. */
  'one-way-cut',
  /** The network loses, doubles and delays much more than usual. */
  'storm',
  /** A machine loses power: what was not synced is lost, kept or torn. */
  'power-loss',
  /** All machines lose power together. */
  'blackout',
  /** A process is killed; its machine keeps what was written. */
  'kill',
  /** A process stands still and then goes on as if nothing had been. */
  'pause',
  /** The operations of a disk take much longer, or never end. */
  'slow-disk',
  /** A write, a sync, a read or a change of names fails. */
  'failing-disk',
  /** Leadership is handed over. */
  'transfer',
  /** Members come, go, or change between voter and learner, one or several at a time. */
  'membership',
  /** A snapshot is saved and the log cut. */
  'snapshot',
] as const
export type FaultKind = (typeof faultKinds)[number]

/** What a run is made of. Each seed draws its own, so that different seeds look into different corners. */
export interface FaultMix {
  /** How many machines there are. */
  readonly nodes: number
  /** How many of them found the group; the others may join later. */
  readonly founders: number
  readonly tickMs: number
  readonly settings: Partial<RaftSettings>
  /** How far each node's clock is from the true rate, at most; 0.01 is one percent. */
  readonly clockDrift: number
  readonly segmentBytes: number
  /** After so many applied entries a state machine writes its state to disk; undefined if it is in memory only. */
  readonly flushEveryEntries: number | undefined
  /** Whether a node may have it written when it wants to cut its log, instead of saving a snapshot. Not if it is in memory only. */
  readonly flushesOnRequest: boolean
  readonly diskLatency: DiskLatency
  readonly link: Partial<LinkFaults>
  readonly clients: ClientMix
  /** Mean time between two faults of a kind, in ms; what is missing does not happen. */
  readonly faults: ReadonlyMap<FaultKind, number>
  /** How long what is broken stays so, in ms, on average. */
  readonly meanFaultMs: number
}

/** What the clients of a run do. */
export interface ClientMix {
  readonly count: number
  /** Mean pause of a client between an answer and its next request, in ms. */
  readonly meanPauseMs: number
  /** How long a client waits for an answer, in ms. */
  readonly timeoutMs: number
  /** How many keys are in use at a time. */
  readonly keys: number
  /** After so many operations other keys are used, which keeps the history of each key short. */
  readonly operationsPerKeySet: number
  /** Longest value in bytes. */
  readonly maxValueBytes: number
  /** How many of a hundred operations are reads. */
  readonly readPercent: number
}

const MEAN_FAULT_INTERVAL_MS: Readonly<Record<FaultKind, number>> = {
  partition: 800,
  'one-way-cut': 800,
  storm: 1200,
  'power-loss': 900,
  blackout: 3000,
  kill: 1200,
  pause: 900,
  'slow-disk': 1200,
  'failing-disk': 1500,
  transfer: 700,
  membership: 500,
  snapshot: 700,
}

/** So many answers fit into the shortest election timeout, at least. */
const MIN_ANSWERS_PER_TIMEOUT = 5

/** Draws what a run is made of. @param nodes how many machines there are; default: 3 to 7 */
export function drawFaultMix(random: Random, nodes = random.integer(3, 7)): FaultMix {
  const founders = random.chance(0.6) ? nodes : random.integer(Math.min(3, nodes), nodes)
  const faults = new Map<FaultKind, number>()
  for (const kind of faultKinds) {
    if (random.chance(0.5)) faults.set(kind, MEAN_FAULT_INTERVAL_MS[kind] * random.pick([0.5, 1, 2]))
  }
  const settings = drawSettings(random)
  const link = drawLink(random)
  const syncMs = random.pick([0.2, 2, 10])
  const tickMs = drawTick(random, settings.electionTicks, 2 * (link.maxDelayMs + syncMs))
  return {
    nodes,
    founders,
    tickMs,
    settings: { ...settings, leaseMs: leaseLengthMs(settings.electionTicks, tickMs) },
    clockDrift: random.pick([0, 0, 0.001, 0.01]),
    segmentBytes: random.pick([1024, 4096, 64 * 1024]),
    flushEveryEntries: random.pick([undefined, 1, 50]),
    diskLatency: drawDiskLatency(random, syncMs),
    link,
    clients: drawClients(random),
    faults,
    meanFaultMs: random.pick([100, 300, 800]),
    ...drawRequests(random),
  }
}

/**
 * How long a tick is, in ms. Raft promises that a leader is elected only where an answer comes much sooner than an
 * election timeout.
 */
function drawTick(random: Random, electionTicks: number, answerMs: number): number {
  return Math.max(random.pick([5, 10, 20]), Math.ceil((MIN_ANSWERS_PER_TIMEOUT * answerMs) / electionTicks))
}

function drawSettings(random: Random): Partial<RaftSettings> & Pick<RaftSettings, 'electionTicks'> {
  const usesLease = random.chance(0.2)
  return {
    electionTicks: random.integer(8, 20),
    heartbeatTicks: random.integer(1, 3),
    preVote: random.chance(0.8),
    checkQuorum: usesLease || random.chance(0.8),
    readMode: usesLease ? 'lease' : 'safe',
    snapshotLogGap: random.pick([20, 100, 500, Number.POSITIVE_INFINITY]),
    keepLogEntries: random.pick([0, 5, 50]),
    maxMessageBytes: random.pick([64, 1024, 1024 * 1024]),
    maxInflightMessages: random.pick([1, 4, 256]),
    maxBatchEntries: random.pick([1, 8, 1024]),
    maxApplyingBytes: random.pick([128, 16 * 1024 * 1024]),
    snapshotChunkBytes: random.pick([256, 2048, 256 * 1024]),
    snapshotWindowBytes: random.pick([4096, 1024 * 1024]),
  }
}

/** Whether nodes have states flushed when they want to cut their logs, and possibly at no other time. */
function drawRequests(
  random: Random,
): Pick<FaultMix, 'flushesOnRequest'> & Partial<Pick<FaultMix, 'flushEveryEntries'>> {
  const flushesOnRequest = random.chance(0.5)
  return { flushesOnRequest, ...(flushesOnRequest && random.chance(0.5) && { flushEveryEntries: Infinity }) }
}

function drawDiskLatency(random: Random, syncMs: number): DiskLatency {
  const write = drawDelay(random, random.pick([0.05, 0.2, 1]))
  return { read: write, write, sync: drawDelay(random, syncMs), name: write }
}

function drawDelay(random: Random, meanMs: number): DelayDistribution {
  return random.chance(0.5)
    ? { kind: 'uniform', minMs: meanMs / 2, maxMs: meanMs * 1.5 }
    : { kind: 'exponential', minMs: meanMs / 10, meanMs }
}

function drawLink(random: Random): Partial<LinkFaults> & Pick<LinkFaults, 'maxDelayMs'> {
  const minDelayMs = random.pick([0.1, 1, 5])
  return {
    minDelayMs,
    maxDelayMs: minDelayMs * random.pick([1, 2, 10]),
    lossProbability: random.pick([0, 0, 0.01, 0.05]),
    duplicateProbability: random.pick([0, 0, 0.02, 0.2]),
    reorderProbability: random.pick([0, 0.1, 1]),
  }
}

function drawClients(random: Random): ClientMix {
  return {
    count: random.integer(1, 8),
    meanPauseMs: random.pick([1, 5, 20]),
    timeoutMs: random.pick([300, 1000]),
    keys: random.integer(2, 8),
    operationsPerKeySet: random.pick([50, 100, 200]),
    maxValueBytes: random.pick([8, 64, 1000]),
    readPercent: random.pick([20, 40, 60]),
  }
}
