import { describe, expect, it } from 'vitest'
import type { FlowCommand } from '../../../../src-main/flow/flow-messages'
import { readCommand } from '../../../../src-main/sandbox/node/step/read-command'
import { toStepJson } from '../../../../src-main/sandbox/node/step/step-json'
import { gate } from '../../../flow/flow-harness'

const ofStore = { prefixes: [Uint8Array.of(0x72, 0xff)], table: undefined }
const ofTable = {
  prefixes: [Uint8Array.of(1), Uint8Array.of(2)],
  table: { tableId: 80_001, name: 'users', text: '' },
}
const commands: readonly FlowCommand[] = [
  {
    kind: 'configure',
    gates: [
      { ...gate({ keys: ofStore, stage: 'raft.send', nodeId: 0, messageType: 'MsgApp' }), gateId: 'gate-1' },
      { ...gate({ keys: ofTable, regionId: 7, operation: 'KvPut', condition: 'index > 1' }), gateId: 'gate-2' },
      { ...gate({ isEnabled: false, hitCount: 3 }), gateId: 'gate-3' },
    ],
    rule: { oneIn: 3, regionId: 7, keys: ofTable, operation: 'KvGet' },
    mode: 'non-stop',
    stops: [],
    stopsAll: true,
  },
  { kind: 'release', holdId: '1.2', action: { kind: 'delay', delayMs: 5 } },
  { kind: 'release-all' },
  { kind: 'freeze', isFrozen: true },
]

describe('a command to step a node that comes over the wire', () => {
  it.each(commands)('is read as it was meant: $kind', (command) => {
    expect(readCommand(toStepJson(command))).toEqual(command)
  })

  it.each([{ prefixes: 'r' }, { prefixes: ['r'] }, { ...ofTable, table: { tableId: 0, name: 'users', text: '' } }])(
    'is refused with keys that are none: %j',
    (keys) => {
      const [configure] = commands
      expect(() => readCommand(toStepJson({ ...configure, rule: { oneIn: 1, keys } }))).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error,
      )
    },
  )
})
