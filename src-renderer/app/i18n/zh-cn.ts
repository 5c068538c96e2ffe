import { zhCN as cluster } from '../../features/cluster/zh-cn'
import { zhCN as engine } from '../../features/engine/zh-cn'
import { zhCN as flow } from '../../features/flow/zh-cn'
import { zhCN as keyspace } from '../../features/keyspace/zh-cn'
import { zhCN as metrics } from '../../features/metrics/zh-cn'
import { zhCN as region } from '../../features/region/zh-cn'
import { zhCN as regions } from '../../features/regions/zh-cn'
import { zhCN as start } from '../../features/start/zh-cn'
import { zhCN as tables } from '../../features/tables/zh-cn'
import { zhCN as error } from './errors/zh-cn'
import type { Messages } from './messages'
import { zhCN as shell } from './shell/zh-cn'

/** Every text of the screens, in simplified Chinese. Names of engines and parts of Raft stay as engineers say them. */
export const zhCN: Messages = {
  action: {
    copied: '已复制',
    retry: '重试',
    reloadPage: '重新加载页面',
    close: '关闭',
    cancel: '取消',
    copy: '复制',
  },
  ...shell,
  welcome: {
    screen: '系统',
    noWorkspace: '没有打开的集群。每个沙箱都有自己的文件夹。',
    title: '本机已就绪',
    titleWithout: '本机有存储引擎未能加载',
    lead: '沙箱运行在什么之上、数据保存在哪里、可以使用哪些存储引擎。',
    loading: '正在询问宿主……',
    copyReport: '复制环境信息',
    copyReportDescription: '以文本形式复制版本、引擎和文件夹',
    engines: '存储引擎',
    enginesLoaded: '已加载 {loaded} / {all}',
    engine: '引擎',
    enginePurpose: '用途',
    enginePackage: '软件包',
    engineVersion: '版本',
    engineState: '状态',
    loaded: '已加载',
    notAvailable: '不可用',
    builtIn: '内置',
    workspace: '工作区',
    workspaceFolder: '文件夹',
    workspaceLead: '当前集群的各节点写入的全部数据都在此文件夹中。启动时加 {option} 可改用其他文件夹。',
    copyPath: '复制路径',
    program: '程序',
    runtime: '运行环境',
    version: '版本',
    host: '界面位于',
    hostWindow: '独立窗口',
    hostBrowser: '浏览器（经本机回环 HTTP）',
    operatingSystem: '系统',
    browserPage: '页面',
  },
  rawEngine: {
    rocksdb: { name: 'RocksDB', purpose: '默认引擎：日志结构，数据在磁盘上，支持列族' },
    level: { name: 'LevelDB', purpose: '更小的同类引擎，用于对比' },
    memory: { name: 'Memory', purpose: '内存中的有序映射，用于测试和快速试验，不保留数据' },
  },
  error,
  start,
  cluster,
  tables,
  regions,
  region,
  keyspace,
  engine,
  metrics,
  flow,
}
