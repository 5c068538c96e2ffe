/** Why stages happen, by the codes of the nodes (`stage-causes.ts` in each room), in English. */
export const causes = {
  client: {
    routed: {
      cache: 'The client remembers that the key lies in region {region} (epoch {epoch}), and asks {address}.',
      coordinators: 'The coordinators say that the key lies in region {region} (epoch {epoch}); {address} is asked.',
      again:
        'It is tried again, attempt {attempt}, at {address}: the key lies in region {region} (epoch {epoch}). What came of the attempt before: {reason}',
    },
    answered: 'The region has answered: the caller has its result.',
    unknown: 'Nobody can say whether it took effect, and the caller is told so. {reason}',
    failed: 'The caller is told why it failed: {reason}',
  },
  service: {
    validate:
      'A client called {method} for region {regionId}; before anything is done the request is checked in a fixed order.',
    respond: 'The response is set, with the time that each part took ({totalMs} ms in all), and leaves for the client.',
  },
  storage: {
    write:
      'The request becomes a change that names no region and no engine; the definition of the region says that the engine is {engine}.',
    read: 'The definition of the region says which engine is read: {engine}.',
    writeCallback: 'The engine says that the change is durable and applied here, or why not.',
  },
  region: {
    step: 'The coordinators told this store {command} for region {regionId}; a step begins when the one before is durable.',
  },
  engine: {
    asyncWrite:
      'The change becomes one command for region {regionId}, with the epoch that the client knew and a timestamp above all before it.',
    route: 'Each region is a Raft group of its own: the command goes to this store’s member of group {regionId}.',
    newReader: {
      'read-index':
        'The leader asked a quorum whether it still leads, and waited until all that was acknowledged before is applied.',
      lease:
        'The leader relies on the promise of its followers not to elect another one before its lease ends, without a message; without a lease it asks a quorum whether it still leads.',
      leader:
        'The store believes that it leads, and nothing more: if another one was elected meanwhile, the answer may be old.',
      local: 'Any replica answers with what it has applied: the answer may be old.',
      'only-replica': 'The region has one replica, which has everything that was ever acknowledged.',
    },
    get: 'A key is stored once a version, the newest first: the read takes the first version that is not above its timestamp.',
    rawWrite:
      'The data and how far it is applied are one batch (entries of the log in it: {entries}), so that after a crash they agree.',
    rawWriteAlone:
      'The region has one replica and no Raft log: the data goes straight into the engine (changes at once: {changes}), and nobody else is asked.',
    columnFamily: 'Operations of the batch for the column family {family}: {operations}.',
  },
  closure: { run: 'The change is written here, so the write that waits for it is woken.' },
  raft: {
    propose: 'Only the leader may put a command into the log; it gives it the next index of its term.',
    send: 'The leader sends the entry to {to} at once, while its own disk is still writing.',
    receive: 'The entry before (index {index}, term {logTerm}) must be in this log, too; else the message is rejected.',
    ack: 'The log is durable up to index {index}, and the leader, {to}, is told so.',
    commit:
      'A quorum holds index {index} durably, and it is of the leader’s own term {term}: nobody can undo it any more (Raft, section 5.4.2).',
    message: 'A message of type {type} between this node and {peer}; it belongs to no operation.',
  },
  log: {
    append: 'The log takes the entry at index {index}; until it is synced a crash may lose it.',
    record: 'The entry becomes one record of {bytes} bytes: header with term, index and checksums, then the command.',
    sync: 'Nobody may be told of the entry before it would survive the loss of power.',
    fsync: 'The operating system has the bytes; the disk confirms that it has them, too.',
  },
  stateMachine: {
    apply: 'Everything up to index {index} is committed, so the state machine handles it, in the order of the log.',
  },
}
