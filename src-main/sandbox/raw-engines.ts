import { dependencies } from '../../package.json'
import { program } from './program'
import type { RawEngineEntry } from './raw-engine-registry'

/**
 * The raw engines of this program: the one place that names their bindings to the screens. A binding is imported when it
 * is first asked for, so that one that is broken costs only itself.
 */
export const rawEngines: readonly RawEngineEntry[] = [
  {
    name: 'rocksdb',
    package: 'rocksdb-native',
    version: dependencies['rocksdb-native'],
    load: () => import('rocksdb-native'),
  },
  {
    name: 'level',
    package: 'classic-level',
    version: dependencies['classic-level'],
    load: () => import('classic-level'),
  },
  { name: 'memory', package: null, version: program.version, load: () => Promise.resolve() },
]
