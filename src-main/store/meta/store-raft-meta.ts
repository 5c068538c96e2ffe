import { fromBinary } from '@bufbuild/protobuf'
import type { RaftMeta } from '../../rpc/generated/dingodb/store_internal_pb'
import { RaftMetaSchema } from '../../rpc/generated/dingodb/store_internal_pb'
import { raftKey } from './meta-keys'
import type { MetaStorage } from './meta-storage'
import { decodeRecord } from './meta-storage'

/** How far the engine has applied each region, as it stands on disk under `META_RAFT_<id>`. The engine writes it, in the batch with the data. */
export class StoreRaftMeta {
  readonly #storage: MetaStorage

  constructor(storage: MetaStorage) {
    this.#storage = storage
  }

  /** What is on disk for a region; undefined if there is nothing. @throws SandboxError STORE_RECORD_DAMAGED, ENGINE_* */
  async read(regionId: number): Promise<RaftMeta | undefined> {
    const key = raftKey(regionId)
    const value = await this.#storage.read(key)
    return value && decodeRecord({ key, value }, (bytes) => fromBinary(RaftMetaSchema, bytes))
  }
}
