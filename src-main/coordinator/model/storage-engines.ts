import { dingoError } from '../../rpc/dingo-error'
import { StorageEngine } from '../../rpc/generated/dingodb/common_pb'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import { requireKnown } from './known-values'

const { STORE_ENG_MONO_STORE, STORE_ENG_MEMORY } = StorageEngine

/**
 * Refuses an engine that stores refuse, as those of DingoDB do (dingodb.md part 1), before anything is planned: a region that
 * only the stores refuse stays behind without a leader.
 *
 * @throws SandboxError DINGODB_ERROR EILLEGAL_PARAMTETERS
 */
export function requireServedEngine(engine: StorageEngine): StorageEngine {
  if (requireKnown(StorageEngine, engine, 'storage engine') !== STORE_ENG_MEMORY) return engine
  const message =
    'Stores refuse regions of the storage engine STORE_ENG_MEMORY: ask for STORE_ENG_RAFT_STORE, which replicates, or STORE_ENG_MONO_STORE, which keeps one copy.'
  throw dingoError(Errno.EILLEGAL_PARAMTETERS, message, { details: { storeEngine: StorageEngine[engine] } })
}

/**
 * How many replicas each region of an engine gets.
 *
 * @param asked 0 if nothing was said
 * @param usual of the replicated engine
 * @throws SandboxError DINGODB_ERROR EILLEGAL_PARAMTETERS for more than one of an engine that does not replicate
 */
export function replicaCount(engine: StorageEngine, asked: number, usual: number): number {
  if (engine !== STORE_ENG_MONO_STORE) return asked === 0 ? usual : asked
  if (asked <= 1) return asked === 0 ? 1 : asked
  const message = `A region of the storage engine STORE_ENG_MONO_STORE has one replica, not ${String(asked)}: ask for one, or for STORE_ENG_RAFT_STORE.`
  throw dingoError(Errno.EILLEGAL_PARAMTETERS, message, { details: { replicas: asked } })
}
