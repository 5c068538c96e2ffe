import { describe, expect, it } from 'vitest'
import {
  checkSandboxForm,
  emptySandboxForm,
  MOST_COORDINATORS,
  MOST_STORES,
  toOpenRequest,
} from '../../../../src-renderer/features/start/sandbox-form'
import type { SandboxForm } from '../../../../src-renderer/features/start/sandbox-form'
import { TOPOLOGY_LIMITS } from '../../../../src-main/sandbox/cluster/cluster-topology'

const form = (given: Partial<SandboxForm>): SandboxForm => ({ ...emptySandboxForm(), ...given })
const problemsOf = (given: Partial<SandboxForm>) => checkSandboxForm(form(given), [])

describe('the form of a new sandbox', () => {
  it('asks for 3 + 3 with RocksDB in a folder of its own, untouched', () => {
    expect(toOpenRequest(emptySandboxForm(), [])).toEqual({
      where: { kind: 'new' },
      topology: { coordinators: 3, stores: 3 },
      engine: 'rocksdb',
    })
  })

  it('knows the limits of the host', () => {
    expect({ coordinators: MOST_COORDINATORS, stores: MOST_STORES }).toEqual(TOPOLOGY_LIMITS)
  })

  it.each([undefined, Number.NaN, 0, 6, 2.5, -1])('takes no %s coordinators', (coordinators) => {
    expect(problemsOf({ size: 'custom', coordinators })).toEqual({ coordinators: 'coordinators' })
    expect(toOpenRequest(form({ size: 'custom', coordinators }), [])).toBeUndefined()
  })

  it('does not mind wrong numbers that are not asked for', () => {
    expect(problemsOf({ size: 'small', coordinators: 99 })).toEqual({})
  })

  it.each([
    ['', 'directoryEmpty'],
    ['  ', 'directoryEmpty'],
    ['sandboxes/one', 'directoryRelative'],
    ['~/one', 'directoryRelative'],
    [`/${'a'.repeat(5000)}`, 'directoryLong'],
    ['/home/me/one', undefined],
    ['C:\\sandboxes\\one', undefined],
    ['\\\\server\\share', undefined],
  ])('says of the folder %j: %s', (directory, problem) => {
    expect(problemsOf({ place: 'directory', directory }).directory).toBe(problem)
  })

  it('takes no engine that does not load', () => {
    const error = { code: 'ENGINE_NOT_AVAILABLE' as const, message: '', details: {} }
    const engines = [{ name: 'rocksdb' as const, package: 'rocksdb-native', version: '1', error }]
    expect(checkSandboxForm(emptySandboxForm(), engines)).toEqual({ engine: 'engine' })
  })
})
