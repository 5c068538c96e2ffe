import { RealClock, RealDisk } from '../../../src-main/env/real'
import { SeededRandom } from '../../../src-main/env/seeded-random'
import { timestampAt } from '../../../src-main/engine/mvcc/timestamp'
import { RaftKvEngine } from '../../../src-main/engine/raft-kv/raft-kv-engine'
import { RawRocksEngine } from '../../../src-main/engine/raw/rocks/raw-rocks-engine'
import type { RawEngine } from '../../../src-main/engine/raw/raw-engine'
import { RaftNodeManager } from '../../../src-main/raft/node/raft-node-manager'
import type { PeerMessage, PeerMessageHandler } from '../../../src-main/raft/transport/peer-message'
import type { RaftTransport } from '../../../src-main/raft/transport/raft-transport'

/** Hands messages over in the next turn of the loop: what a transport costs at least. */
class LoopNetwork {
  readonly #handlers = new Map<number, PeerMessageHandler>()

  join(nodeId: number): RaftTransport {
    return {
      nodeId,
      send: (to: number, message: PeerMessage) => {
        setImmediate(() => this.#handlers.get(to)?.(nodeId, message))
      },
      listen: (handler) => {
        this.#handlers.set(nodeId, handler)
      },
      close: async () => {
        this.#handlers.delete(nodeId)
      },
    }
  }
}

export interface BenchStore {
  readonly engine: RaftKvEngine
  readonly rawEngine: RawEngine
}

/** Three stores in this process, each with its own logs and its own RocksDB below one directory. */
export async function openStores(root: string): Promise<{
  readonly stores: readonly BenchStore[]
  readonly close: () => Promise<void>
}> {
  const network = new LoopNetwork()
  const clock = new RealClock()
  const disk = new RealDisk()
  let last = 0n
  const timestamps = {
    next: (after: bigint) => {
      const now = timestampAt(clock.wallTimeMs())
      const floor = after > last ? after : last
      last = now > floor ? now : floor + 1n
      return last
    },
  }
  const fail = (_regionId: number, error: Error) => {
    throw error
  }
  const parts = await Promise.all(
    [1, 2, 3].map(async (nodeId) => {
      const directory = `${root}/${String(nodeId)}`
      const columnFamilies = ['meta', 'data', 'lock', 'write']
      const rawEngine = await RawRocksEngine.open({ directory: `${directory}/data`, disk, columnFamilies })
      const manager = new RaftNodeManager({
        env: { clock, disk, random: new SeededRandom(nodeId) },
        transport: network.join(nodeId),
        directory,
        timing: { tickMs: 100, electionTimeoutMs: 2000, heartbeatMs: 200 },
        onFailure: fail,
        onWarning: fail,
      })
      const engine = new RaftKvEngine({ env: { clock }, rawEngine, raftManager: manager, timestamps })
      return { engine, rawEngine, manager }
    }),
  )
  return {
    stores: parts,
    close: async () => {
      for (const { engine, manager, rawEngine } of parts) {
        await engine.close()
        await manager.close()
        await rawEngine.close()
      }
    },
  }
}
