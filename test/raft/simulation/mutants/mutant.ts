import type { FaultKind, FaultMix } from '../../../../src-main/raft/simulation/fault-mix'
import { leaseLengthMs } from '../../../../src-main/raft/node/lease-clock'
import type { Seams } from '../../../../src-main/raft/simulation/seams'

/** A deliberate defect, put into a part that works, to prove that the checks notice it. */
export interface Mutant {
  readonly name: string
  /** The checks that may be the first to notice: a defect shows in different places from seed to seed. */
  readonly caughtBy: readonly string[]
  /** The defective parts, made anew for each run because some remember what they did. */
  readonly seams: () => Seams
}

/** A mix with certain faults in it, whatever the seed has drawn. */
export function withFaults(mix: FaultMix, meanIntervalsMs: Partial<Record<FaultKind, number>>): FaultMix {
  const faults = new Map(mix.faults)
  for (const [kind, meanMs] of Object.entries(meanIntervalsMs)) faults.set(kind as FaultKind, meanMs)
  return { ...mix, faults }
}

/** A mix in which reads rest on leases, long enough to be relied on for a while by a leader that was replaced. */
export function withLeases(mix: FaultMix): FaultMix {
  const electionTicks = 20
  const leases = { readMode: 'lease', checkQuorum: true, leaseMs: leaseLengthMs(electionTicks, mix.tickMs) } as const
  return { ...mix, settings: { ...mix.settings, electionTicks, heartbeatTicks: 1, preVote: true, ...leases } }
}

/**
 * A mix in which leaders change hands and are cut off, often and for long, while a few clients write and read one key:
 * what a leader that does not know that it was replaced tells them is stale.
 */
export function withDeposedLeaders(mix: FaultMix): FaultMix {
  return {
    ...mix,
    nodes: 3,
    founders: 3,
    tickMs: 5,
    faults: new Map([
      ['partition', 200],
      ['transfer', 150],
    ]),
    meanFaultMs: 300,
    clients: { ...mix.clients, count: 6, meanPauseMs: 10, timeoutMs: 50, readPercent: 80, keys: 1 },
  }
}
