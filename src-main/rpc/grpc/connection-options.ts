import type { ClientOptions } from '@grpc/grpc-js'

/** Ms without a sign of life from a node that has calls under way after which it is pinged. */
const DEFAULT_KEEP_ALIVE_MS = 10_000

/**
 * Settings of every connection to a node: a call is tried once, and a node that comes back is found within a second. The
 * library's larger flow control windows stay off: with them small calls were ten times slower.
 *
 * @param keepAliveMs when a silent connection is pinged, and how long the answer may take before it counts as broken: a machine that is gone
 * says nothing, and TCP alone notices that after a quarter of an hour
 */
export function connectionOptions(maxMessageBytes: number, keepAliveMs = DEFAULT_KEEP_ALIVE_MS): ClientOptions {
  return {
    'grpc.max_receive_message_length': maxMessageBytes,
    'grpc.max_send_message_length': maxMessageBytes,
    'grpc.enable_retries': 0,
    'grpc.service_config_disable_resolution': 1,
    // Nodes are reached directly, whatever proxy the machine has for the web.
    'grpc.enable_http_proxy': 0,
    'grpc.enable_channelz': 0,
    // Connections are closed with the channels that made them, and one's back-off holds nobody else back.
    'grpc.use_local_subchannel_pool': 1,
    'grpc.keepalive_time_ms': keepAliveMs,
    'grpc.keepalive_timeout_ms': keepAliveMs,
    'grpc.initial_reconnect_backoff_ms': 50,
    'grpc.max_reconnect_backoff_ms': 1_000,
  }
}
