import type { ClientOptions } from '@grpc/grpc-js'

/**
 * How many bytes may be under way to a client before it says that it goes on. HTTP/2's own 64 KiB make large responses wait
 * for a round trip again and again. The library has no such setting for servers.
 */
const FLOW_CONTROL_WINDOW_BYTES = 4 * 1024 * 1024

/** Settings of every connection to a node: a call is tried once, and a node that comes back is found within a second. */
export function connectionOptions(maxMessageBytes: number): ClientOptions {
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
    'grpc.initial_reconnect_backoff_ms': 50,
    'grpc.max_reconnect_backoff_ms': 1_000,
    'grpc-node.flow_control_window': FLOW_CONTROL_WINDOW_BYTES,
  }
}
