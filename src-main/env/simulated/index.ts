export type { CrashOptions, Survival } from './crash-options'
export type { DelayDistribution } from './delay-distribution'
export type { CrashPoint, DiskEvent, DiskLatency } from './disk-device'
export type { ActiveDiskFault, DiskFault, DiskFaultRule, DiskFaults } from './disk-faults'
export { SimulatedEvent } from './event-heap'
export type { LinkOptions } from './network-link'
export type { RunLimit } from './simulated-clock'
export { DEFAULT_EPOCH_MS, SimulatedClock } from './simulated-clock'
export type { DamagePlace, SimulatedDiskOptions } from './simulated-disk'
export { SimulatedDisk } from './simulated-disk'
export type { SimulationEvent, SimulationOptions } from './simulated-env'
export { simulatedEnv, Simulation } from './simulated-env'
export type {
  DropReason,
  NetworkCounters,
  NetworkEvent,
  NodeNetwork,
  SimulatedNetworkOptions,
} from './simulated-network'
export { SimulatedNetwork } from './simulated-network'
export type { SimulatedNode } from './simulated-node'
export type { NodeClockOptions } from './simulated-node-clock'
export { SimulatedNodeClock } from './simulated-node-clock'
export type { FailureExtent } from './stored-file'
