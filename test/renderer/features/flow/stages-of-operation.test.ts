import { describe, expect, it } from 'vitest'
import {
  operationNames,
  regionOperationOf as regionOperationsOfHost,
  stagesOfOperation as stagesOfHost,
} from '../../../../src-main/flow/stages'
import { regionOperationOf, stagesOfOperation } from '../../../../src-renderer/features/flow/trace/stages-of-operation'

describe('the stages that an operation can come by', () => {
  it.each(operationNames)('are to the form of a breakpoint those of the host: %s', (operation) => {
    const stages = stagesOfOperation(operation)
    expect(new Set(stages)).toEqual(stagesOfHost[operation])
    expect(stages).toHaveLength(stagesOfHost[operation].size)
    expect(regionOperationOf[operation]).toBe(regionOperationsOfHost[operation])
  })
})
