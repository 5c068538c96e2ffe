import type { Random } from '../../../env'
import type { CrashOptions } from '../../../env/simulated'
import type { Fault } from './fault'
import { leaderOf, someOf } from './fault'
import type { SimulatedMember } from '../simulated-member'

/** Every other time the leader, for whom most depends on it. */
function victim(members: readonly SimulatedMember[], random: Random): SimulatedMember {
  const leader = leaderOf(members)
  return leader !== undefined && random.chance(0.5) ? leader : random.pick(members)
}

function drawCrash(random: Random): CrashOptions {
  return random.pick<CrashOptions>([{ writes: 'none', names: 'none' }, {}, {}])
}

const powerLoss: Fault = ({ members, random }) => {
  const member = victim(members, random)
  member.losePower(drawCrash(random))
  return () => {
    member.start()
  }
}

const blackout: Fault = ({ members, random }) => {
  for (const member of members) member.losePower(drawCrash(random))
  return () => {
    for (const member of members) member.start()
  }
}

const kill: Fault = ({ members, random }) => {
  const member = victim(members, random)
  member.kill()
  return () => {
    member.start()
  }
}

const pause: Fault = ({ members, random }) => {
  const leader = leaderOf(members)
  const paused = leader !== undefined && random.chance(0.6) ? [leader] : someOf(members, random)
  for (const member of paused) member.pause()
  return () => {
    for (const member of paused) member.resume()
  }
}

export const crashFaults = { 'power-loss': powerLoss, blackout, kill, pause }
