/**
 * Every code that a {@link SandboxError} can carry, with what it means. Codes are stable: screens, the command line and
 * tests compare them, so a code is never renamed and never reused for something else. Sentences may change.
 */
export const errorCodes = {
  /** A caller handed in something that can never be right, whatever the state of the program. */
  INVALID_ARGUMENT: 'the argument can never be right',
  /** An invariant of the program does not hold: a defect of ours, never of the person. */
  INTERNAL: 'a defect of the program',
  /** The work was given up because its caller asked for that. */
  CANCELLED: 'given up on request',

  /** The named file or directory does not exist. */
  DISK_NOT_FOUND: 'no such file or directory',
  /** The file or directory exists already, and the call insists on making it. */
  DISK_ALREADY_EXISTS: 'the file or directory exists already',
  /** No space is left on the device. */
  DISK_FULL: 'no space left',
  /** The operating system or the simulated device reports that an operation failed. */
  DISK_IO: 'the device reports an error',
  /** The file, directory or disk was closed, or its process crashed, before the operation. */
  DISK_CLOSED: 'the handle is closed',
  /** Somebody else holds the lock of a directory. */
  DISK_LOCKED: 'the directory is in use by another holder',

  /** The address cannot be bound: it is taken, or not of this machine. */
  NETWORK_ADDRESS_IN_USE: 'the address is taken',
  /** The endpoint was closed before the operation. */
  NETWORK_CLOSED: 'the endpoint is closed',
  /** The message is larger than the network carries. */
  NETWORK_MESSAGE_TOO_LARGE: 'the message is too large',

  /** The raw engine was closed before the operation, or while it ran. */
  ENGINE_CLOSED: 'the engine is closed',
  /** The raw engine could not be opened: its directory is damaged or of an unknown version. */
  ENGINE_OPEN_FAILED: 'the engine does not open',
  /** The directory of the raw engine is open already, here or in another process. */
  ENGINE_LOCKED: 'the directory of the engine is in use',
  /** The binding of the raw engine does not load on this machine. */
  ENGINE_NOT_AVAILABLE: 'the engine does not load on this machine',
  /** The raw engine has no such column family. */
  ENGINE_UNKNOWN_COLUMN_FAMILY: 'no such column family',
  /** A key is empty, or longer than the raw engine's limit. */
  ENGINE_INVALID_KEY: 'the key is empty or too long',
  /** A value is longer than the raw engine's limit. */
  ENGINE_INVALID_VALUE: 'the value is too long',
  /** A range ends before it starts. */
  ENGINE_INVALID_RANGE: 'the range is inverted',
  /** The raw engine's manifest says that it lacks this operation. */
  ENGINE_NOT_SUPPORTED: 'the engine lacks this operation',
  /** A snapshot or an iterator was used after it was closed. */
  ENGINE_HANDLE_CLOSED: 'the snapshot or iterator is closed',
  /** Stored bytes are not what was written. */
  ENGINE_CORRUPTION: 'stored bytes are damaged',
  /** The storage library reports an error that has no code of its own. */
  ENGINE_IO: 'the storage library reports an error',

  /** The asked entries were applied and cut off the log. */
  RAFT_LOG_COMPACTED: 'the entries were cut off',
  /** The asked entries are not in the log yet. */
  RAFT_LOG_OUT_OF_RANGE: 'the entries are not in the log',
  /** Stored bytes of the log that were once durable are damaged or missing. */
  RAFT_LOG_DAMAGED: 'durable bytes of the log are damaged',
  /** The log was written by a version whose format this one does not read. */
  RAFT_LOG_VERSION: 'the log has an unknown format version',
  /** A write or sync of the log failed, so what is durable is unknown: the log takes nothing more until it is opened again. */
  RAFT_LOG_FAILED: 'an earlier write or sync of the log failed',
  /** The log was closed before the operation. */
  RAFT_LOG_CLOSED: 'the log is closed',

  /** Stored or received bytes of a snapshot are not what was written. */
  RAFT_SNAPSHOT_DAMAGED: 'the snapshot is damaged',
  /** The snapshot was written by a version whose format this one does not read. */
  RAFT_SNAPSHOT_VERSION: 'the snapshot has an unknown format version',
  /** The state machine lacks what was cut off the log, and there is no snapshot to restore it from. */
  RAFT_SNAPSHOT_MISSING: 'the snapshot that the log rests on is missing',
  /** The state machine has applied entries that are not in the log: the log was lost or replaced. */
  RAFT_STATE_AHEAD_OF_LOG: 'the state machine is ahead of the log',
  /** The state machine could not apply a committed entry, or broke its contract. */
  RAFT_STATE_MACHINE_FAILED: 'the state machine failed',
  /** An invariant of Raft does not hold: a defect of the program or damaged storage. */
  RAFT_INVARIANT_VIOLATED: 'an invariant of Raft does not hold',
  /** The region has a Raft node on this store already. */
  RAFT_NODE_EXISTS: 'the region has a Raft node already',
  /** The region has no Raft node on this store. */
  RAFT_NODE_NOT_FOUND: 'the region has no Raft node here',
  /** The Raft node is stopped, stopping or failed. */
  RAFT_NODE_STOPPED: 'the Raft node is stopped',

  /** The workspace folder is a file, or cannot be made. */
  WORKSPACE_NOT_USABLE: 'the workspace folder cannot be used',
  /** The folder of the workspace was removed or moved while it was open. */
  WORKSPACE_GONE: 'the workspace folder is gone',
  /** The workspace was written by a newer version of the program. */
  WORKSPACE_VERSION: 'the workspace is of a newer version',
  /** The workspace's own description does not say what it should. */
  WORKSPACE_DAMAGED: 'the description of the workspace is damaged',
  /** The workspace holds another cluster than the one that was asked for. */
  WORKSPACE_MISMATCH: 'the workspace holds another cluster',

  /** A record that a store keeps about itself is not what was written. */
  STORE_RECORD_DAMAGED: 'a record of the store is damaged',

  /** The cluster has no such node. */
  NODE_NOT_FOUND: 'the cluster has no such node',
  /** The node is not in a state in which this can be done. */
  NODE_WRONG_STATE: 'the state of the node does not allow it',
  /** A node ended by itself, or did not come up. */
  NODE_FAILED: 'the node failed',
  /** The way in which the node runs cannot do this. */
  NODE_NOT_SUPPORTED: 'the mount of the node lacks this',
  /** The cluster did not become ready in time. */
  CLUSTER_NOT_READY: 'the cluster is not ready',
  /** The cluster did not end in time. */
  CLUSTER_NOT_ENDED: 'the cluster has not ended',
  /** The host that carries the screens lacks this: a browser has no dialogs of the system. */
  HOST_NOT_SUPPORTED: 'the host lacks this',
  /** No cluster is open in this program, or it is still starting. */
  SESSION_NOT_RUNNING: 'no cluster is running here',
  /** Another cluster is open in this program. */
  SESSION_BUSY: 'another cluster is open',

  /** The condition of a breakpoint cannot be read. */
  FLOW_CONDITION: 'the condition cannot be read',
  /** There is no such trace, or it was forgotten to make room for newer ones. */
  FLOW_TRACE_NOT_FOUND: 'no such trace',
  /** The trace has no such stage. */
  FLOW_STAGE_NOT_FOUND: 'no such stage in the trace',
  /** Somebody else steps the nodes of the cluster at the moment. */
  FLOW_BUSY: 'somebody else steps the cluster',
  /** There is no such held operation: it went on meanwhile. */
  FLOW_HOLD_NOT_FOUND: 'no such held operation',
  /** There is no such breakpoint. */
  FLOW_GATE_NOT_FOUND: 'no such breakpoint',

  /** The file of a lesson cannot be read. */
  LESSON_SYNTAX: 'the lesson cannot be read',
  /** What a lesson expects of the cluster did not come. */
  LESSON_FAILED: 'the cluster did not do what the lesson expects',
  /** There is no such lesson. */
  LESSON_NOT_FOUND: 'no such lesson',
  /** No lesson is under way, or another scene of it is. */
  LESSON_NOT_WAITING: 'no lesson waits to go on',

  /** A screen cannot reach its host: the host has ended, or the way to it is cut. Given by the page itself. */
  DOOR_UNREACHABLE: 'the host does not answer',
  /** The request does not come from a screen that this host let in. */
  DOOR_ACCESS_DENIED: 'the request is not let in',
  /** The door has no such procedure: page and host are of different versions. */
  DOOR_UNKNOWN_PROCEDURE: 'no such procedure',

  /** An Electron could not be fetched, is not the one that was pinned, or does not unpack. */
  RUNTIME_NOT_AVAILABLE: 'no such runtime can be had',

  /** The node was not reached, or broke off before it answered. */
  RPC_UNAVAILABLE: 'the node is not reached',
  /** No answer came in time; the call may have had its effect. */
  RPC_DEADLINE_EXCEEDED: 'no answer in time',
  /** The other end refused the call below the level of its own errors: unknown method, malformed or oversized message. */
  RPC_FAILED: 'the call was refused',
  /** An error of DingoDB's protocol; its details name the errno. */
  DINGODB_ERROR: "an error of DingoDB's protocol",

  /** A write may or may not have had its effect: the answer was lost, or leadership changed while it was under way. */
  CLIENT_OUTCOME_UNKNOWN: 'it is unknown whether the write took effect',
  /** The client was opened for reading only, and the call would change the cluster. */
  CLIENT_READ_ONLY: 'the client only reads',
  /** No region of the cluster holds the key. */
  CLIENT_NO_REGION: 'no region holds the key',
  /** The cluster has no table, schema, region or node of that name or id. */
  CLIENT_NOT_FOUND: 'the cluster has nothing of that name',
  /** The client tried until its deadline, and the cluster did not take the call. */
  CLIENT_TIMED_OUT: 'the cluster did not take the call in time',
  /** The client was closed before the call, or while it ran. */
  CLIENT_CLOSED: 'the client is closed',

  /** The value is larger than what can be shown whole. */
  VALUE_TOO_LARGE: 'the value is too large to be shown whole',
} as const

/** A stable error code; see {@link errorCodes} for what each means. */
export type ErrorCode = keyof typeof errorCodes
