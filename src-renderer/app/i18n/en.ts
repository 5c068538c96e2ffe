import { en as cluster } from '../../features/cluster/en'
import { en as engine } from '../../features/engine/en'
import { en as flow } from '../../features/flow/en'
import { en as keyspace } from '../../features/keyspace/en'
import { en as metrics } from '../../features/metrics/en'
import { en as region } from '../../features/region/en'
import { en as regions } from '../../features/regions/en'
import { en as start } from '../../features/start/en'
import { en as tables } from '../../features/tables/en'
import { en as error } from './errors/en'
import { en as shell } from './shell/en'

/** Every text of the screens, in English. The shape is the contract for the other languages (messages.ts). */
export const en = {
  action: {
    copied: 'Copied',
    retry: 'Try again',
    reloadPage: 'Reload page',
    close: 'Close',
    cancel: 'Cancel',
    copy: 'Copy',
  },
  ...shell,
  welcome: {
    screen: 'System',
    noWorkspace: 'No cluster is open. Each sandbox has a folder of its own.',
    title: 'Ready on this machine',
    titleWithout: 'Not all storage engines load on this machine',
    lead: 'What the sandbox runs on, where it keeps its data, and which storage engines it can use.',
    loading: 'Asking the host …',
    copyReport: 'Copy for a report',
    copyReportDescription: 'versions, engines and folder as text',
    engines: 'Storage engines',
    enginesLoaded: '{loaded} of {all} loaded',
    engine: 'Engine',
    enginePurpose: 'What it is for',
    enginePackage: 'Package',
    engineVersion: 'Version',
    engineState: 'State',
    loaded: 'Loaded',
    notAvailable: 'Not available',
    builtIn: 'built in',
    workspace: 'Workspace',
    workspaceFolder: 'Folder',
    workspaceLead:
      'Everything that the nodes of the open cluster write is below this folder. Start with {option} to use another.',
    copyPath: 'Copy path',
    program: 'Program',
    runtime: 'Runs on',
    version: 'Version',
    host: 'Screens in',
    hostWindow: 'a window of its own',
    hostBrowser: 'a browser, over loopback HTTP',
    operatingSystem: 'System',
    browserPage: 'Page',
  },
  rawEngine: {
    rocksdb: { name: 'RocksDB', purpose: 'The default: log-structured, on disk, with column families' },
    level: { name: 'LevelDB', purpose: 'A smaller relative, to compare with' },
    memory: { name: 'Memory', purpose: 'A sorted map, for tests and quick trials; nothing is kept' },
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
