import type { Texts } from '../../../app/i18n/messages'
import type { causes as english } from './causes-en'

/** Why stages happen, in Chinese. */
export const causes: Texts<typeof english> = {
  client: {
    routed: {
      cache: '客户端记得这个键属于 Region {region}（epoch {epoch}），于是询问 {address}。',
      coordinators: 'Coordinator 告知这个键属于 Region {region}（epoch {epoch}），于是询问 {address}。',
      again:
        '再试一次，第 {attempt} 次尝试，询问 {address}：这个键属于 Region {region}（epoch {epoch}）。上一次尝试的结果：{reason}',
    },
    answered: 'Region 已经应答：调用方得到了结果。',
    unknown: '没有人能说清这次写入是否生效，调用方也会被如实告知。{reason}',
    failed: '调用方被告知失败的原因：{reason}',
  },
  service: {
    validate: '客户端对 Region {regionId} 调用了 {method}；在做任何事之前，先按固定的顺序检查请求。',
    respond: '应答已经填好，带着各部分所用的时间（合计 {totalMs} ms），返回给客户端。',
  },
  storage: {
    write: '请求变成一次修改，其中不再提 Region 和引擎；Region 的定义指明引擎是 {engine}。',
    read: 'Region 的定义指明从哪个引擎读取：{engine}。',
    writeCallback: '引擎告知这次修改在本节点已经持久并应用，或者为什么没有。',
  },
  region: {
    step: 'Coordinator 让这个 Store 对 Region {regionId} 执行 {command}；上一步持久之后，才开始下一步。',
  },
  engine: {
    asyncWrite: '修改变成发给 Region {regionId} 的一条命令，带有客户端所知的 epoch，以及大于此前一切的时间戳。',
    route: '每个 Region 是一个独立的 Raft 组：命令交给本 Store 在 {regionId} 组中的成员。',
    newReader: {
      'read-index': 'Leader 向多数派确认自己仍是 Leader，并等到此前已确认的一切都已应用。',
      lease:
        'Leader 依靠 Follower 的承诺：租约到期之前不会选出别的 Leader，因此不需要发消息；没有租约时，则向多数派确认自己仍是 Leader。',
      leader: '这个 Store 只是相信自己是 Leader：如果其间选出了别的 Leader，读到的可能是旧值。',
      local: '任何副本都用自己已应用的数据应答：读到的可能是旧值。',
      'only-replica': '这个 Region 只有一个副本，凡是确认过的它都有。',
    },
    get: '一个键的每个版本各存一份，新的在前：读取第一个不晚于自己时间戳的版本。',
    rawWrite: '数据和应用进度写在同一个批次里（其中日志条目数：{entries}），这样崩溃之后两者仍然一致。',
    rawWriteAlone:
      '该 Region 只有一个副本，没有 Raft 日志：数据直接写入引擎（这一批的修改数：{changes}），无需询问其他节点。',
    columnFamily: '批次中属于列族 {family} 的操作数：{operations}。',
  },
  closure: { run: '修改已在本节点写入，于是唤醒等待它的写请求。' },
  raft: {
    propose: '只有 Leader 可以把命令放进日志；它为命令分配本任期的下一个 index。',
    send: 'Leader 立即把条目发给 {to}，同时自己的磁盘还在写。',
    receive: '前一个条目（index {index}，term {logTerm}）也必须在本节点的日志里，否则拒绝这条消息。',
    ack: '日志到 index {index} 为止已经持久，并告知 Leader（{to}）。',
    commit:
      '多数派已经持久保存 index {index}，而且它属于 Leader 自己的任期 {term}：从此没有人能撤销它（Raft 论文 5.4.2 节）。',
    message: '本节点与 {peer} 之间的一条 {type} 消息，不属于任何操作。',
  },
  log: {
    append: '日志在 index {index} 处收下这个条目；同步之前，崩溃可能让它丢失。',
    record: '条目变成一条 {bytes} 字节的记录：先是含 term、index 和校验和的头部，然后是命令。',
    sync: '条目能经得起断电之前，不得告诉任何人它已写入。',
    fsync: '操作系统已经拿到这些字节；磁盘确认它也拿到了。',
  },
  stateMachine: {
    apply: 'index {index} 及之前的条目都已提交，状态机按日志的顺序处理它们。',
  },
}
