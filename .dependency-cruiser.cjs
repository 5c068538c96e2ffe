// The import table of docs/architecture.md as a rule that fails the build. One row a component: what it may import of
// the other components. Everything may import its own folder and `base`, except `raft/core`, which imports nothing.
// The order of rows is the order of layers, bottom first. It has an exception for nobody.

/** @type {Array<{folder: string, mayImport: string[], mayImportTypes?: string[]}>} */
const table = [
  { folder: 'base', mayImport: [] },
  { folder: 'env', mayImport: ['base'] },
  { folder: 'raft/core', mayImport: [] },
  { folder: 'linearizability', mayImport: ['base'] },
  { folder: 'flow', mayImport: ['base', 'env'] },
  { folder: 'rpc', mayImport: ['base', 'env'] },
  { folder: 'raft/log', mayImport: ['base', 'env'], mayImportTypes: ['raft/core'] },
  { folder: 'raft/transport', mayImport: ['base', 'env', 'rpc'], mayImportTypes: ['raft/core'] },
  { folder: 'raft/node', mayImport: ['base', 'env', 'flow', 'raft/'] },
  { folder: 'raft/simulation', mayImport: ['base', 'env', 'flow', 'raft/'] },
  { folder: 'engine/raw', mayImport: ['base', 'env'] },
  // Only the interface of the raw engines, never an implementation: those are wired in `sandbox`.
  {
    folder: 'engine',
    mayImport: ['base', 'env', 'rpc', 'flow', 'engine/raw/[^/]+$', 'raft/node/[^/]+$'],
    mayImportTypes: ['raft/core', 'raft/transport'],
  },
  {
    folder: 'store',
    mayImport: ['base', 'env', 'rpc', 'flow', 'engine/[^/]+$', 'engine/raw/[^/]+$', 'raft/node/[^/]+$'],
  },
  {
    folder: 'coordinator',
    mayImport: ['base', 'env', 'rpc', 'flow', 'engine/[^/]+$', 'engine/raw/[^/]+$', 'raft/node/[^/]+$'],
    mayImportTypes: ['raft/core', 'raft/transport'],
  },
  { folder: 'client', mayImport: ['base', 'env', 'rpc'] },
  {
    folder: 'sandbox',
    mayImport: ['base', 'env', 'raft/', 'engine/', 'store', 'coordinator', 'flow', 'rpc', 'client'],
  },
  { folder: 'api', mayImport: ['base', 'sandbox', 'client', 'flow'] },
  { folder: 'headless', mayImport: ['base', 'api', 'sandbox', 'client'], mayImportTypes: ['flow'] },
  { folder: 'electron', mayImport: ['base', 'api', 'sandbox'] },
]

const pathOf = (folder) => `^src-main/${folder}${/[/$]$/.test(folder) ? '' : '/'}`

/** A row's own folder, without the folders in it that are rows of their own. */
const ownPathOf = (folder) => {
  const nested = table
    .filter((row) => row.folder.startsWith(`${folder}/`))
    .map((row) => row.folder.slice(folder.length + 1))
  return pathOf(folder) + (nested.length > 0 ? `(?!(${nested.join('|')})/)` : '')
}

const tableRules = table.flatMap((row) => {
  const from = { path: ownPathOf(row.folder) }
  const allowed = [ownPathOf(row.folder), ...row.mayImport.map(pathOf)]
  const allowedAsTypes = [...allowed, ...(row.mayImportTypes ?? []).map(pathOf)]
  const name = `layer-${row.folder.replace('/', '-')}`
  const comment = `docs/architecture.md: ${row.folder} may import ${row.mayImport.join(', ') || 'nothing of ours'}`
  const ours = '^src-(main|renderer)/'
  return [
    { name, severity: 'error', comment, from, to: { path: ours, pathNot: allowed, dependencyTypesNot: ['type-only'] } },
    {
      name: `${name}-types`,
      severity: 'error',
      comment,
      from,
      to: { path: ours, pathNot: allowedAsTypes, dependencyTypes: ['type-only'] },
    },
  ]
})

module.exports = {
  forbidden: [
    ...tableRules,
    {
      name: 'every-file-has-a-row',
      severity: 'error',
      comment: 'A file of src-main that no row of the import table covers',
      from: { path: '^src-main/', pathNot: table.map((row) => pathOf(row.folder)) },
      to: {},
    },
    {
      name: 'raft-core-imports-nothing',
      severity: 'error',
      comment:
        'The Raft core is a pure state machine that others can use on its own: no package, no Node module, no neighbour',
      from: { path: '^src-main/raft/core/' },
      to: { pathNot: '^src-main/raft/core/' },
    },
    {
      name: 'engine-implementations-are-wired-in-sandbox',
      severity: 'error',
      comment: 'Implementations of the raw engine are chosen in a composition root, nowhere else',
      from: { path: '^src-main/', pathNot: ['^src-main/engine/raw/', '^src-main/sandbox/'] },
      to: { path: '^src-main/engine/raw/(rocks|level|memory|conformance)/' },
    },
    {
      name: 'renderer-imports-types-of-main-only',
      severity: 'error',
      comment: 'A page has no Node: it talks to the main process through the door (api/) and shares only types with it',
      from: { path: '^src-renderer/' },
      to: { path: '^src-main/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'renderer-has-no-node',
      severity: 'error',
      comment: 'A sandboxed page has no Node modules and no Electron',
      from: { path: '^src-renderer/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'electron-only-in-its-host',
      severity: 'error',
      comment: 'Everything but the Electron host runs without Electron',
      from: { pathNot: '^src-main/electron/' },
      to: { path: '^(electron$|node_modules/electron/)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'what-ships-imports-no-tests',
      severity: 'error',
      comment: 'Tests import the program, never the other way round',
      from: { path: '^src-(main|renderer)/' },
      to: { path: '^test/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'A cycle means that two files are one concept',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      severity: 'error',
      comment: 'An import that leads nowhere',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.vue', '.mjs', '.js', '.cjs', '.json', '.d.ts'],
      conditionNames: ['import', 'node', 'default', 'types'],
      exportsFields: ['exports'],
    },
  },
}
