import type { OpenStage, StageOutcome } from '../flow/flow-probe'
import type { EnterStage } from '../flow/pass-stage'
import { bytesDatum, jsonDatum } from '../flow/stage-data'
import type { StageCause, StageDatum } from '../flow/stage-event'
import type { RawWriteOperation, RawWriteBatch } from './raw/raw-write-batch'
import { causes } from './stage-causes'

/** Of so many operations of a column family a trace keeps keys and values. */
const MOST_OPERATIONS = 32

/**
 * Writes a batch that carries followed changes: `rawEngine.write`, and as its parts the column families that it touches.
 *
 * @param enters one a followed change
 * @param cause why it is written
 */
export async function writeInStages(
  enters: readonly EnterStage[],
  batch: RawWriteBatch,
  cause: StageCause,
  write: () => Promise<void>,
): Promise<void> {
  const families = byFamily(batch.operations)
  const open: OpenStage[] = []
  for (const enter of enters) {
    open.push(
      await entered(
        enter('rawEngine.write', () => ({
          before: [jsonDatum('batch', 'write-batch', batch.operations)],
          cause,
        })),
      ),
    )
    for (const [family, operations] of families) {
      open.push(
        await entered(
          enter('rawEngine.columnFamily', () => ({
            before: operations.slice(0, MOST_OPERATIONS).flatMap(operationData),
            cause: causes.columnFamily(family, operations.length),
          })),
        ),
      )
    }
  }
  try {
    await write()
    leaveAll(open)
  } catch (error) {
    leaveAll(open, () => ({ error }))
    throw error
  }
}

async function entered(stage: OpenStage): Promise<OpenStage> {
  if (stage.held !== undefined) await stage.held
  return stage
}

/** Parts end before what they are part of. */
function leaveAll(stages: readonly OpenStage[], outcome?: () => StageOutcome): void {
  for (const stage of [...stages].reverse()) stage.leave(outcome)
}

function byFamily(operations: readonly RawWriteOperation[]): ReadonlyMap<string, readonly RawWriteOperation[]> {
  const families = new Map<string, RawWriteOperation[]>()
  for (const operation of operations) {
    const known = families.get(operation.columnFamily)
    if (known === undefined) families.set(operation.columnFamily, [operation])
    else known.push(operation)
  }
  return families
}

function operationData(operation: RawWriteOperation): readonly StageDatum[] {
  switch (operation.kind) {
    case 'put':
      return [bytesDatum('put key', 'key', operation.key), bytesDatum('value', 'bytes', operation.value)]
    case 'delete':
      return [bytesDatum('delete key', 'key', operation.key)]
    default:
      return [jsonDatum('delete range', 'write-batch', operation)]
  }
}
