import { realEnv } from '../../../src-main/env/real'
import { SeededRandom } from '../../../src-main/env'
import { SimulatedDisk } from '../../../src-main/env/simulated'
import { NO_MEMBERS } from '../../../src-main/raft/core/model/conf-state'
import { MemoryRaftLogStore } from '../../../src-main/raft/log/memory-raft-log-store'
import { RaftNodeManager } from '../../../src-main/raft/node/raft-node-manager'
import { InProcessNetwork } from '../../../src-main/raft/transport/in-process-transport'
import { KeyValueStateMachine } from '../../../src-main/raft/simulation/key-value-state-machine'

const STORES = [1, 2, 3]
const AIM_PERCENT = 3

/**
 * What idle groups cost: three stores in this process, each with a member of every group, on the real clock with the timing
 * of DingoDB's store (election timeout 15 s, heartbeat 1.5 s). Nothing is proposed; what is measured is heartbeats, their
 * answers, and ticks. Options: --groups <number>, --seconds <how long to measure>, --json.
 */
export async function main(args: readonly string[]): Promise<number> {
  const option = (name: string, fallback: number) =>
    args.includes(name) ? Number(args[args.indexOf(name) + 1]) : fallback
  const groups = option('--groups', 1000)
  const seconds = option('--seconds', 20)
  const env = realEnv()
  const network = new InProcessNetwork(env.clock, env.random.fork('network'))
  const fail = (regionId: number, error: Error) => {
    throw new Error(`Region ${String(regionId)} failed.`, { cause: error })
  }
  const managers = STORES.map((id) => {
    const disk = new SimulatedDisk({ random: new SeededRandom(id) })
    return new RaftNodeManager({
      env: { clock: env.clock, random: env.random.fork(`store ${String(id)}`), disk },
      transport: network.join(id),
      directory: '/store',
      openLog: () => Promise.resolve(new MemoryRaftLogStore()),
      onFailure: fail,
      onWarning: fail,
    })
  })
  const initialMembers = { ...NO_MEMBERS, voters: STORES }
  for (let regionId = 1; regionId <= groups; regionId += 1) {
    for (const manager of managers) {
      await manager.open({ regionId, stateMachine: new KeyValueStateMachine(), initialMembers })
    }
  }
  for (let regionId = 1; regionId <= groups; regionId += 1) {
    managers[regionId % STORES.length]?.find(regionId)?.campaign()
  }
  const isElected = (regionId: number) => managers.some((manager) => manager.find(regionId)?.isLeader === true)
  const leaderless = () => Array.from({ length: groups }, (_, index) => index + 1).filter((id) => !isElected(id)).length
  while (leaderless() > 0) await env.clock.sleep(500)
  await env.clock.sleep(3_000)

  let messages = 0
  network.trace = ({ kind }) => {
    if (kind === 'delivered') messages += 1
  }
  const startMs = env.clock.monotonicMs()
  const start = process.cpuUsage()
  await env.clock.sleep(seconds * 1000)
  const { user, system } = process.cpuUsage(start)
  const elapsedMs = env.clock.monotonicMs() - startMs
  const result = {
    groups,
    seconds: elapsedMs / 1000,
    percentOfCore: ((user + system) / 1000 / elapsedMs) * 100,
    aimPercent: AIM_PERCENT,
    messagesPerSecond: messages / (elapsedMs / 1000),
    leaderless: leaderless(),
  }
  if (args.includes('--json')) console.log(JSON.stringify(result, null, 2))
  else {
    console.log(
      `${String(groups)} idle groups of ${String(STORES.length)} in one process: ${result.percentOfCore.toFixed(2)} % of a core ` +
        `(aim: below ${String(AIM_PERCENT)} %), ${result.messagesPerSecond.toFixed(0)} messages/s, ` +
        `${String(result.leaderless)} groups without leader, over ${result.seconds.toFixed(1)} s`,
    )
  }
  await Promise.all(managers.map((manager) => manager.close()))
  return 0
}
