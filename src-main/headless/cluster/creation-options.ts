import type { StorageEngineName } from '../../client/cluster-client'
import type { Option } from './option'
import type { ParsedOptions } from './parsed-options'

// What tables and regions are created with alike.

export const replicasOption: Option = {
  name: 'replicas',
  kind: 'text',
  placeholder: 'N',
  help: 'copies of each region; 3 if not given',
}

export const engineOption: Option = {
  name: 'engine',
  kind: 'text',
  placeholder: 'raft|mono|memory',
  help: 'raft replicates, mono keeps one copy, memory keeps it in memory only; raft if not given',
}

export const readReplicas = (options: ParsedOptions): number | undefined => options.wholeNumber('replicas', 1, 9)

export const readEngine = (options: ParsedOptions): StorageEngineName | undefined =>
  options.choice('engine', ['raft', 'mono', 'memory'])
