import { zhCN as cluster } from '../../features/cluster/zh-cn'
import { zhCN as engine } from '../../features/engine/zh-cn'
import { zhCN as flow } from '../../features/flow/zh-cn'
import { zhCN as keyspace } from '../../features/keyspace/zh-cn'
import { zhCN as metrics } from '../../features/metrics/zh-cn'
import { zhCN as region } from '../../features/region/zh-cn'
import { zhCN as regions } from '../../features/regions/zh-cn'
import { zhCN as start } from '../../features/start/zh-cn'
import { zhCN as tables } from '../../features/tables/zh-cn'
import type { Messages } from './messages'

/** Every text of the screens, in simplified Chinese. Names of engines and parts of Raft stay as engineers say them. */
export const zhCN: Messages = {
  action: {
    copied: '已复制',
    retry: '重试',
    reloadPage: '重新加载页面',
  },
  shell: {
    main: '概览',
    statusBar: '状态',
    connected: '已连接',
    connecting: '正在连接',
    disconnected: '未连接',
    inWindow: '窗口',
    inBrowser: '浏览器',
    theme: '主题',
    themeSystem: '自动',
    themeLight: '浅色',
    themeDark: '深色',
    language: '语言',
    languageSystem: '自动',
    choiceNotKept: '宿主未能保存此选择',
  },
  welcome: {
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
    workspaceLead: '各节点写入的全部数据都将保存在此文件夹中。启动时加 {option} 可改用其他文件夹。',
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
  error: {
    where: '位置',
    why: '原因',
    next: '下一步',
    copyDetails: '复制详情',
    onHost: '本页面的宿主',
    betweenPageAndHost: '本页面与其宿主之间',
    engineNotAvailable: {
      what: '{engine} 不可用',
      missingLibrary: '缺少系统库 {library}，软件包 {package} 需要它。',
      notInstalled: '软件包 {package} 未安装，或没有适用于 {platform} 的构建。',
      other: '软件包 {package} 无法加载：{words}',
      installDebianPackage: '在 Debian 或 Ubuntu 上执行：sudo apt-get install {debianPackage}，然后重新启动程序。',
      installLibrary: '安装包含该库的系统软件包，然后重新启动程序。',
      installPackages: '在项目文件夹中执行 npm ci，然后重新启动程序。',
    },
    unreachable: {
      what: '宿主没有应答',
      why: '宿主已结束，或已用新的令牌重新启动。',
      nextInBrowser: '重新启动宿主，并打开它打印的地址。',
      nextInWindow: '退出程序，然后重新启动。',
    },
    versionMismatch: {
      what: '页面与宿主的版本不同',
      next: '重新加载页面。',
    },
    other: {
      what: '宿主未能完成此操作',
      next: '请重试。如果再次出现，请复制详情并报告。',
    },
  },
  hostLost: {
    lost: '宿主不再应答。当前显示的是最后已知的内容。',
    stopped: '宿主已结束。当前显示的是最后已知的内容。',
  },
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
