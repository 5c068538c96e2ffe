/** The stages of the coordinator's flows; the names are a contract with traces and screens (flows.md). */
export type CoordinatorStageName =
  | 'coordinator.validateTable'
  | 'coordinator.validateDrop'
  | 'coordinator.planRegions'
  | 'coordinator.commitMeta'
  | 'coordinator.pushRegionCmd'

/** One stage that was passed. */
export interface CoordinatorStage {
  readonly name: CoordinatorStageName
  /** The real data at this point: the request, the planned regions, the increment, the command. Not to be changed. */
  readonly data: unknown
}

/** Told of each stage when it is passed. Must not throw. */
export type OnCoordinatorStage = (stage: CoordinatorStage) => void
