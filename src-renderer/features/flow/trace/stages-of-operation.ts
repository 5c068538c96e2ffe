import type { OperationName, StageName } from '../../../../src-main/flow/stages'
import type { StageLayer } from './stage-catalogue'
import { allStages, layerOfStage, operations } from './stage-catalogue'

const reads: ReadonlySet<StageName> = new Set<StageName>([
  'client.kvGet',
  'service.validate',
  'storage.kvGet',
  'engine.newReader',
  'rawEngine.get',
  'service.respond',
  'client.result',
])
const readsAlone: ReadonlySet<StageName> = new Set<StageName>([
  'client.kvGet',
  'storage.kvGet',
  'engine.newReader',
  'rawEngine.get',
])
const drops: ReadonlySet<StageName> = new Set<StageName>([
  'coordinator.validateDrop',
  'coordinator.commitMeta',
  'coordinator.pushRegionCmd',
  'region.validateDestroy',
  'region.updateMeta',
  'region.prepareDestroy',
  'raftManager.remove',
  'raft.closePeer',
  'region.reportDeleted',
])
/** What is done for drops and creations alike. */
const anyJob: ReadonlySet<StageName> = new Set<StageName>(['coordinator.commitMeta', 'coordinator.pushRegionCmd'])
const jobLayers: ReadonlySet<StageLayer> = new Set<StageLayer>(['coordinator', 'region'])

/** The stages that an operation can come by, in the order of the flows: at others a breakpoint would never stop it. */
export function stagesOfOperation(operation: OperationName): readonly StageName[] {
  const kind = operations[operation]
  if (kind === 'read') return allStages.filter((stage) => reads.has(stage))
  if (kind === 'write') {
    return allStages.filter((stage) => !jobLayers.has(layerOfStage[stage]) && !readsAlone.has(stage))
  }
  const isDrop = operation === 'DropTable' || operation === 'DropRegion'
  const layers = regionOperationOf[operation] === undefined ? jobLayers : new Set<StageLayer>(['coordinator'])
  return allStages.filter(
    (stage) => layers.has(layerOfStage[stage]) && (anyJob.has(stage) || drops.has(stage) === isDrop),
  )
}

/** What stores are told when the coordinators carry out an operation on a table: under this name they take part in it. */
export const regionOperationOf: Readonly<Partial<Record<OperationName, OperationName>>> = {
  CreateTable: 'CreateRegion',
  DropTable: 'DropRegion',
}
