/** The words of errors, in English: what happened, and what to do next. Why is the host's own sentence. */
export const en = {
  inCluster: 'The cluster',
  onPage: 'This page',
  where: 'Where',
  why: 'Why',
  next: 'What next',
  copyDetails: 'Copy details',
  onHost: 'The host of this page',
  betweenPageAndHost: 'Between this page and its host',
  engineNotAvailable: {
    what: '{engine} is not available',
    missingLibrary: 'The system library {library} is missing, which the package {package} needs.',
    notInstalled: 'The package {package} is not installed, or has no build for {platform}.',
    other: 'The package {package} does not load: {words}',
    installDebianPackage: 'On Debian and Ubuntu: sudo apt-get install {debianPackage}. Then start the program again.',
    installLibrary: 'Install the system package that holds this library, then start the program again.',
    installPackages: 'Run npm ci in the project folder, then start the program again.',
  },
  unreachable: {
    what: 'The host does not answer',
    why: 'It has ended, or it was started anew under another token.',
    nextInBrowser: 'Start it again, and open the address that it prints.',
    nextInWindow: 'Quit the program and start it again.',
  },
  versionMismatch: {
    what: 'Page and host are of different versions',
    next: 'Reload the page.',
  },
  other: {
    what: 'The host could not do this',
    next: 'Try again. If it comes back, copy the details into a report.',
  },
  dingodb: {
    notLeader: {
      what: 'Another replica leads this Region',
      why: 'Only the leader of a Raft group takes writes and consistent reads; a follower says who that is.',
      next: 'Nothing is broken: ask the leader. A client does so by itself.',
    },
    regionVersion: {
      what: 'The Region has changed since it was looked up',
      why: 'Every change of range or replicas makes a new epoch, and a store refuses requests with an old one.',
      next: 'Nothing is broken: look the Region up again, then repeat.',
    },
    regionNotFound: {
      what: 'This store does not hold the Region',
      why: 'It was moved, deleted, or is still being created.',
      next: 'Look the Region up again at the coordinators.',
    },
    outOfRange: {
      what: 'The key is outside the range of this Region',
      why: 'A split or another table may have taken that part of the key space.',
      next: 'Look up which Region holds the key, then repeat.',
    },
    regionUnavailable: {
      what: 'The Region cannot serve now',
      why: 'It has no leader, or is between two states.',
      next: 'Wait a moment, then try again; look at its replicas if it stays so.',
    },
    other: { what: 'DingoDB refused this', next: 'Read what it says, and try again if it may pass.' },
  },
  known: {
    SESSION_NOT_RUNNING: {
      what: 'No cluster is running',
      next: 'Open a cluster on the screen Start; while one is starting, wait until it serves clients.',
    },
    FLOW_TRACE_NOT_FOUND: {
      what: 'This trace is not there any more',
      next: 'Choose another one, or step the request again.',
    },
    FLOW_HOLD_NOT_FOUND: {
      what: 'The operation has gone on already',
      next: 'Look at where it stands now, and step on from there.',
    },
    FLOW_GATE_NOT_FOUND: { what: 'The breakpoint is gone', next: 'Set it anew.' },
    FLOW_CONDITION: { what: 'The condition cannot be read', next: 'Mend it at the place that is named.' },
    SESSION_BUSY: { what: 'Another cluster is open', next: 'Close it first, then try again.' },
    DISK_LOCKED: { what: 'The folder is in use', next: 'Close the program that holds it, then try again.' },
    DISK_FULL: {
      what: 'No space is left on the disk',
      next: 'Make room, or use a folder on another disk, then try again.',
    },
    DISK_IO: {
      what: 'The disk reports an error',
      next: 'Check the disk and the rights on the folder, then try again.',
    },
    NETWORK_ADDRESS_IN_USE: {
      what: 'A port is taken',
      next: 'Try again: ports that are taken are exchanged for free ones.',
    },
    ENGINE_OPEN_FAILED: {
      what: 'The storage engine does not open',
      next: 'Look at the folder of the node. A node of several can be rebuilt: delete its folder and start it.',
    },
    ENGINE_LOCKED: {
      what: 'The folder of the engine is in use',
      next: 'Close the program that holds it, then start the node again.',
    },
    ENGINE_NOT_SUPPORTED: {
      what: 'This storage engine cannot do that',
      next: 'Use a sandbox with another engine for this.',
    },
    ENGINE_CORRUPTION: {
      what: 'Stored bytes are damaged',
      next: 'Stop the node, delete its folder, and start it: it copies its data from the others.',
    },
    RAFT_LOG_DAMAGED: {
      what: 'The Raft log is damaged',
      next: 'Stop the node, delete its folder, and start it: it copies its data from the others.',
    },
    RAFT_LOG_FAILED: {
      what: 'The Raft log takes nothing more',
      next: 'Make sure that the disk works and has room, then restart the node.',
    },
    WORKSPACE_NOT_USABLE: {
      what: 'This folder cannot hold a workspace',
      next: 'Choose another folder, or make this one writable.',
    },
    WORKSPACE_VERSION: {
      what: 'The workspace was written by a newer version',
      next: 'Open it with the version that wrote it. Nothing in it was changed.',
    },
    WORKSPACE_DAMAGED: {
      what: 'The description of the workspace is damaged',
      next: 'Restore workspace.json from a copy, or start a new sandbox in another folder.',
    },
    WORKSPACE_MISMATCH: {
      what: 'The workspace holds another cluster',
      next: 'Open it from the list of recent workspaces, with the size and engine that it was made with, or choose another folder.',
    },
    NODE_NOT_FOUND: { what: 'The cluster has no such node', next: 'Look at the screen Cluster: it shows all nodes.' },
    NODE_WRONG_STATE: {
      what: 'The node is not in a state for this',
      next: 'Wait until its state has changed, then try again.',
    },
    NODE_FAILED: { what: 'The node has failed', next: 'Restart it. Its last error and its log say why it ended.' },
    NODE_NOT_SUPPORTED: {
      what: 'The way this node runs cannot do this',
      next: 'Open the workspace with nodes in threads.',
    },
    CLUSTER_NOT_READY: {
      what: 'The cluster did not become ready',
      next: 'Try again. If nodes fail each time, their logs say why.',
    },
    CLUSTER_NOT_ENDED: {
      what: 'The cluster did not end in time',
      next: 'Wait a moment, then close it again. Nothing that was confirmed is lost.',
    },
    HOST_NOT_SUPPORTED: {
      what: 'This host cannot do that',
      next: 'Do it in the window of the program; a browser has no dialogs of the system.',
    },
    RPC_UNAVAILABLE: {
      what: 'A node cannot be reached',
      next: 'Look whether the node runs and its links are whole, then try again.',
    },
    RPC_DEADLINE_EXCEEDED: {
      what: 'A node did not answer in time',
      next: 'Try again. A write may have had its effect: read first.',
    },
    RPC_FAILED: {
      what: 'A node refused the call',
      next: 'Copy the details into a report: page and node do not understand each other.',
    },
    CLIENT_OUTCOME_UNKNOWN: {
      what: 'It is unknown whether the write took effect',
      next: 'Read the key, then decide whether to write again.',
    },
    CLIENT_READ_ONLY: {
      what: 'This cluster is open for reading only',
      next: 'Open a sandbox of your own to change something.',
    },
    CLIENT_NO_REGION: {
      what: 'No Region holds this key',
      next: 'Make a table whose range covers the key, or choose a key of a table that there is.',
    },
    CLIENT_NOT_FOUND: {
      what: 'The cluster does not have this',
      next: 'It may have been dropped meanwhile. Read the list again.',
    },
    CLIENT_TIMED_OUT: {
      what: 'The cluster did not take the call in time',
      next: 'Look whether its Region has a leader: without a majority of its replicas it has none.',
    },
    CLIENT_CLOSED: { what: 'The cluster was closed meanwhile', next: 'Open it again, then repeat what you did.' },
    INVALID_ARGUMENT: { what: 'This cannot be right', next: 'Change what the sentence names, then try again.' },
    VALUE_TOO_LARGE: {
      what: 'The value is too large to be shown whole',
      next: 'Save it to a file and look at it there.',
    },
    WORKSPACE_GONE: {
      what: 'The folder of the workspace is gone',
      next: 'Open it where it is now, or start a new sandbox.',
    },
    CANCELLED: {
      what: 'This was given up',
      next: 'Nothing is wrong: it was asked for. Do it again if you want it after all.',
    },
    DISK_NOT_FOUND: {
      what: 'A file or folder is missing',
      next: 'Look whether it was moved or removed, and bring it back; else choose another folder.',
    },
    DISK_ALREADY_EXISTS: {
      what: 'There is something of that name already',
      next: 'Choose another name or folder, or take away what is there.',
    },
    ENGINE_NOT_AVAILABLE: {
      what: 'The storage engine does not load on this machine',
      next: 'Start a sandbox with another engine. The screen about the system says what this one lacks.',
    },
    ENGINE_INVALID_KEY: {
      what: 'The key cannot be stored',
      next: 'Use a key that is not empty and not longer than the engine takes.',
    },
    ENGINE_INVALID_VALUE: {
      what: 'The value is too long for the engine',
      next: 'Store a smaller value, or split it over several keys.',
    },
    ENGINE_IO: {
      what: 'The storage engine reports an error',
      next: 'Check the disk of the node, then restart the node.',
    },
    RAFT_LOG_COMPACTED: {
      what: 'These log entries are gone',
      next: 'They were applied and cut off: look at entries from the first index on.',
    },
    RAFT_LOG_VERSION: {
      what: 'The Raft log was written by a newer version',
      next: 'Open the workspace with the version that wrote it.',
    },
    RAFT_SNAPSHOT_DAMAGED: {
      what: 'A snapshot is damaged',
      next: 'Stop the node, delete its folder, and start it: it copies its data from the others.',
    },
    RAFT_SNAPSHOT_VERSION: {
      what: 'A snapshot was written by a newer version',
      next: 'Open the workspace with the version that wrote it.',
    },
    RAFT_SNAPSHOT_MISSING: {
      what: 'A snapshot is missing',
      next: 'Stop the node, delete its folder, and start it: it copies its data from the others.',
    },
    RAFT_STATE_AHEAD_OF_LOG: {
      what: 'The Raft log lacks what was applied already',
      next: 'Stop the node, delete its folder, and start it: it copies its data from the others.',
    },
    RAFT_STATE_MACHINE_FAILED: {
      what: 'A replica could not apply an entry',
      next: 'Restart the node. If it fails again, copy the details into a report.',
    },
    RAFT_INVARIANT_VIOLATED: {
      what: 'A rule of Raft does not hold',
      next: 'Copy the details into a report, and keep the workspace as it is.',
    },
    RAFT_NODE_NOT_FOUND: {
      what: 'This store has no replica of the Region',
      next: 'Look at the stores that the Region names; it may have been moved.',
    },
    RAFT_NODE_STOPPED: { what: 'The replica does not run', next: 'Look at its node: start it, or read why it failed.' },
    STORE_RECORD_DAMAGED: {
      what: 'A record of the store is damaged',
      next: 'Stop the node, delete its folder, and start it: it copies its data from the others.',
    },
    FLOW_STAGE_NOT_FOUND: { what: 'The trace has no such stage', next: 'Choose a stage that is shown.' },
    FLOW_BUSY: {
      what: 'Somebody else steps this cluster',
      next: 'Wait until they let it go, or end the other program that steps it.',
    },
    LESSON_SYNTAX: { what: 'The lesson cannot be read', next: 'Mend its file at the place that is named.' },
    LESSON_FAILED: {
      what: 'The cluster did not do what the lesson expects',
      next: 'Look at what the cluster does now, then begin the lesson anew.',
    },
    LESSON_NOT_FOUND: { what: 'There is no such lesson', next: 'Choose one of the list.' },
    LESSON_NOT_WAITING: {
      what: 'No lesson waits here',
      next: 'Look at where the lesson stands now, or begin it anew.',
    },
    INTERNAL: {
      what: 'The program has a defect here',
      next: 'Copy the details into a report. The cluster itself goes on.',
    },
  },
}
