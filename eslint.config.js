import css from '@eslint/css'
import js from '@eslint/js'
import pluginVue from 'eslint-plugin-vue'
import globals from 'globals'
import typescript from 'typescript-eslint'
import vueParser from 'vue-eslint-parser'
import chrome114Css from './test/lint/chrome-114-css.js'

/** Time, randomness, disk and network come in through Env (docs/architecture.md, rule 2). Where they are made: */
const WHERE_THE_WORLD_COMES_IN = ['src-main/env/real/**', 'src-main/electron/**', 'src-main/headless/**', 'test/**']

const viaEnv = (what) => `${what} comes in through Env (src-main/env), so that the Lab can run the same code.`

const forbiddenGlobals = [
  ...['Date', 'performance'].map((name) => ({ name, message: viaEnv('Time') })),
  ...[
    'setTimeout',
    'setInterval',
    'setImmediate',
    'clearTimeout',
    'clearInterval',
    'clearImmediate',
    'requestIdleCallback',
  ].map((name) => ({ name, message: viaEnv('A timer') })),
  ...['fetch', 'XMLHttpRequest', 'EventSource', 'WebSocket', 'WebTransport'].map((name) => ({
    name,
    message: viaEnv('The network'),
  })),
]

const forbiddenProperties = [
  { object: 'Math', property: 'random', message: viaEnv('Randomness') },
  { object: 'process', property: 'hrtime', message: viaEnv('Time') },
  ...forbiddenGlobals.flatMap(({ name, message }) =>
    ['globalThis', 'window', 'self', 'global'].map((object) => ({ object, property: name, message })),
  ),
]

const modules = (names, message) => names.flatMap((name) => [name, `node:${name}`]).map((name) => ({ name, message }))
const forbiddenImports = [
  ...modules(['fs', 'fs/promises'], viaEnv('The disk')),
  ...modules(['net', 'tls', 'dgram', 'http', 'https', 'http2', 'dns', 'dns/promises'], viaEnv('The network')),
  ...modules(['timers', 'timers/promises', 'perf_hooks'], viaEnv('Time')),
  ...modules(['crypto'], viaEnv('Randomness')),
]

/** What Electron 25 (Node 18.15, Chrome 114) lacks and no compiler target lowers. */
const LACKING = 'Electron 25 lacks it, and a build target lowers syntax only.'
const lackingEverywhere = [
  { object: 'Promise', property: 'withResolvers', message: LACKING },
  { object: 'Promise', property: 'try', message: LACKING },
  { object: 'Object', property: 'groupBy', message: LACKING },
  { object: 'Map', property: 'groupBy', message: LACKING },
  { object: 'Array', property: 'fromAsync', message: LACKING },
  { object: 'Symbol', property: 'dispose', message: LACKING },
  { object: 'Symbol', property: 'asyncDispose', message: LACKING },
  { object: 'AbortSignal', property: 'any', message: LACKING },
]
const lackingSyntax = [
  { selector: 'VariableDeclaration[kind=/using/]', message: LACKING },
  {
    selector:
      'CallExpression > MemberExpression.callee[property.name=/^(union|intersection|difference|symmetricDifference|isSubsetOf|isSupersetOf|isDisjointFrom)$/]:not([object.name="z"])',
    message: `Set algebra: ${LACKING}`,
  },
]
const lackingInMain = [
  ...['crypto', 'WebSocket', 'File', 'CustomEvent', 'navigator'].map((name) => ({
    name,
    message: `As a global: ${LACKING}`,
  })),
]
const lackingImports = modules(['sqlite', 'test', 'sea'], LACKING)

export default typescript.config(
  { ignores: ['out/**', 'dist/**', 'node_modules/**', 'test-results/**', 'src-main/rpc/generated/**'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{js,mjs,cjs,ts,vue}'],
    extends: [js.configs.recommended, ...typescript.configs.strict, ...typescript.configs.stylistic],
    languageOptions: { ecmaVersion: 2023, sourceType: 'module' },
    rules: {
      eqeqeq: ['error', 'always'],
      'no-console': 'error',
      // An empty catch needs its reason in words inside.
      'no-empty': ['error', { allowEmptyCatch: false }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/array-type': ['error', { default: 'array-simple' }],
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', caughtErrors: 'all' }],
    },
  },
  {
    files: ['src-main/**/*.ts', '*.ts', 'test/**/*.ts'],
    ignores: ['test/renderer/**', 'src-main/electron/preload/**'],
    languageOptions: { parserOptions: { project: './tsconfig.node.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  ...pluginVue.configs['flat/recommended'].map((config) => ({ ...config, files: ['**/*.vue'] })),
  {
    files: ['**/*.vue'],
    languageOptions: {
      parser: vueParser,
      parserOptions: { parser: typescript.parser, extraFileExtensions: ['.vue'] },
      globals: globals.browser,
    },
    rules: {
      // Prettier owns the layout of templates.
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-indent': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/multi-word-component-names': 'off',
      'vue/no-v-html': 'error',
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/component-api-style': ['error', ['script-setup']],
      // The compiler knows all names; without types this rule does not.
      'no-undef': 'off',
    },
  },
  {
    name: 'the world comes in through Env',
    files: ['src-main/**/*.ts', 'src-renderer/**/*.{ts,vue}'],
    ignores: WHERE_THE_WORLD_COMES_IN,
    rules: {
      'no-restricted-globals': ['error', ...forbiddenGlobals, ...lackingInMain],
      'no-restricted-properties': ['error', ...forbiddenProperties, ...lackingEverywhere],
      'no-restricted-imports': ['error', { paths: [...forbiddenImports, ...lackingImports] }],
      'no-restricted-syntax': ['error', ...lackingSyntax],
    },
  },
  {
    name: 'a page has the globals that the main process of Electron 25 lacks',
    files: ['src-renderer/**/*.{ts,vue}'],
    rules: { 'no-restricted-globals': ['error', ...forbiddenGlobals] },
  },
  {
    name: 'what ships keeps to Electron 25: the places where the world comes in',
    files: ['src-main/env/real/**/*.ts', 'src-main/electron/**/*.ts', 'src-main/headless/**/*.{ts,mjs}'],
    rules: {
      'no-restricted-globals': ['error', ...lackingInMain],
      'no-restricted-properties': ['error', ...lackingEverywhere],
      'no-restricted-imports': ['error', { paths: lackingImports }],
      'no-restricted-syntax': ['error', ...lackingSyntax],
    },
  },
  {
    files: ['test/**/*.{ts,mjs,js}', '*.{js,ts,cjs,mjs}', '.dependency-cruiser.cjs'],
    languageOptions: { globals: globals.node },
    rules: {
      'no-console': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  { files: ['src-main/headless/**'], languageOptions: { globals: globals.node }, rules: { 'no-console': 'off' } },
  { files: ['**/*.cjs'], languageOptions: { sourceType: 'commonjs' } },
  {
    name: 'what ships keeps to Chrome 114: styles',
    files: ['src-renderer/**/*.css'],
    plugins: { css, house: chrome114Css },
    language: 'css/css',
    rules: {
      'css/no-duplicate-imports': 'error',
      'css/no-empty-blocks': 'error',
      'css/no-invalid-properties': ['error', { allowUnknownVariables: true }],
      'house/chrome-114-css': 'error',
    },
  },
  {
    name: 'what ships keeps to Chrome 114: styles in components',
    files: ['src-renderer/**/*.vue'],
    plugins: { house: chrome114Css },
    rules: { 'house/chrome-114-css': 'error' },
  },
)
