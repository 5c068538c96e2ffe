import { raftLogConformance } from '../../../src-main/raft/log/conformance/raft-log-conformance'
import { MemoryRaftLogStore } from '../../../src-main/raft/log/memory-raft-log-store'

raftLogConformance('MemoryRaftLogStore', { create: () => Promise.resolve(new MemoryRaftLogStore()) })
