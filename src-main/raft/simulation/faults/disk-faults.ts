import type { DiskFault } from '../../../env/simulated'
import type { Fault } from './fault'

/** The operations that stall or fail; directories and names included. */
const OPERATIONS = ['read', 'write', 'sync', 'create', 'rename', 'truncate', 'sync-directory', 'remove'] as const

const slowDisk: Fault = ({ members, random }) => {
  const member = random.pick(members)
  const hangs = random.chance(0.2)
  const fault: DiskFault = hangs ? { kind: 'hang' } : { kind: 'delay', delayMs: random.pick([5, 50, 500]) }
  const rule = member.machine.disk.faults.add({ operations: ['write', 'sync'], fault, probability: hangs ? 0.2 : 0.8 })
  return () => {
    rule.remove()
    if (!hangs || !member.isUp) return
    // An operation that hangs ends only with its process.
    member.kill()
    member.start()
  }
}

const failingDisk: Fault = ({ members, random }) => {
  const member = random.pick(members)
  const sound = member.diskBreaks()
  const rule = member.machine.disk.faults.add({
    operations: random.chance(0.5) ? ['sync', 'write'] : OPERATIONS,
    fault: { kind: 'fail', code: random.pick(['DISK_IO', 'DISK_FULL']), extent: random.pick(['none', 'part', 'all']) },
    count: random.integer(1, 3),
    probability: random.pick([0.1, 0.5, 1]),
  })
  return () => {
    rule.remove()
    sound()
  }
}

export const diskFaults = { 'slow-disk': slowDisk, 'failing-disk': failingDisk }
