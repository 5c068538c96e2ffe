import { en as cluster } from '../../features/cluster/en'
import { en as engine } from '../../features/engine/en'
import { en as flow } from '../../features/flow/en'
import { en as keyspace } from '../../features/keyspace/en'
import { en as metrics } from '../../features/metrics/en'
import { en as region } from '../../features/region/en'
import { en as regions } from '../../features/regions/en'
import { en as start } from '../../features/start/en'
import { en as tables } from '../../features/tables/en'
/** Every text of the screens, in English. The shape is the contract for the other languages (messages.ts). */
export const en = {
  action: {
    copied: 'Copied',
    retry: 'Try again',
    reloadPage: 'Reload page',
  },
  shell: {
    main: 'Overview',
    statusBar: 'Status',
    connected: 'Connected',
    connecting: 'Connecting',
    disconnected: 'Not connected',
    inWindow: 'Window',
    inBrowser: 'Browser',
    theme: 'Theme',
    themeSystem: 'Auto',
    themeLight: 'Light',
    themeDark: 'Dark',
    language: 'Language',
    languageSystem: 'Auto',
    choiceNotKept: 'Choice not kept by the host',
  },
  welcome: {
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
    workspaceLead: 'Everything that nodes write will be kept below this folder. Start with {option} to use another.',
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
  error: {
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
  },
  hostLost: {
    lost: 'The host no longer answers. What you see is what was last known.',
    stopped: 'The host has ended. What you see is what was last known.',
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
