import type { Clock, Random } from '../env'
import { GrpcChannels } from '../rpc/grpc/grpc-channels'
import type { ClusterClientOptions } from './cluster-client'
import { ClusterClient } from './cluster-client'

/** A client that calls over gRPC without TLS, as DingoDB's nodes are reached. @throws SandboxError INVALID_ARGUMENT if no coordinator is named */
export function connectToCluster(
  env: { readonly clock: Clock; readonly random: Random },
  options: Omit<ClusterClientOptions, 'channels' | 'clock' | 'random'>,
): ClusterClient {
  const { clock, random } = env
  return new ClusterClient({ ...options, clock, random, channels: new GrpcChannels({ env }) })
}
