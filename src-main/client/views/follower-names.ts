import type { Store } from '../../rpc/generated/dingodb/common_pb'

/** Finds the store behind the name that Raft statuses give a peer: `host:port:index` of its Raft address. */
export class FollowerNames {
  readonly #storeIds: ReadonlyMap<string, number>

  constructor(stores: readonly Store[]) {
    this.#storeIds = new Map(
      stores.flatMap(({ id, raftLocation }) =>
        raftLocation === undefined ? [] : [[`${raftLocation.host}:${String(raftLocation.port)}`, Number(id)]],
      ),
    )
  }

  /** Undefined for a peer that no known store has the address of, and for braft's name of nobody. */
  storeIdOf(name: string): number | undefined {
    // A follower whose address its leader does not know goes by its id.
    if (/^\d+$/.test(name)) return Number(name)
    return this.#storeIds.get(name.replace(/:\d+$/, ''))
  }
}
