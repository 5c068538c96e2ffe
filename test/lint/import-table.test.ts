import { cruise } from 'dependency-cruiser'
import type { IConfiguration, ICruiseResult } from 'dependency-cruiser'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'

const configuration = createRequire(import.meta.url)('../../.dependency-cruiser.cjs') as IConfiguration
const directories: string[] = []

afterEach(async () => {
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true, force: true })
})

/** The names of the rules that refuse a small tree of files, given as path and text. */
async function violationsOf(files: Readonly<Record<string, string>>): Promise<string[]> {
  const directory = await mkdtemp(join(tmpdir(), 'import-table-'))
  directories.push(directory)
  await writeFile(join(directory, 'tsconfig.base.json'), '{}')
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true })
    await writeFile(join(directory, path), text)
  }
  const options = { ...configuration.options }
  delete options.tsConfig
  const result = await cruise(
    Object.keys(files),
    { ...options, baseDir: directory, validate: true, ruleSet: { forbidden: configuration.forbidden ?? [] } },
    { extensions: ['.ts'] },
  )
  return (result.output as ICruiseResult).summary.violations.map((violation) => violation.rule.name).sort()
}

const target = 'export const value = 1\nexport type Value = number\n'
const importing = (path: string) => `import { value } from '${path}'\nexport const copy = value\n`
const importingType = (path: string) => `import type { Value } from '${path}'\nexport type Copy = Value\n`

test('an import that the table allows passes', async () => {
  const files = { 'src-main/env/target.ts': target, 'src-main/engine/raw/user.ts': importing('../../env/target') }
  expect(await violationsOf(files)).toEqual([])
})

test.each([
  ['env imports nothing above it', 'src-main/env/user.ts', 'src-main/sandbox/target.ts', 'layer-env'],
  ['the raw engine knows no Raft', 'src-main/engine/raw/user.ts', 'src-main/raft/node/target.ts', 'layer-engine-raw'],
  [
    'the Engine knows no implementation of RawEngine',
    'src-main/engine/user.ts',
    'src-main/engine/raw/rocks/target.ts',
    'layer-engine',
  ],
  [
    'the log takes only types of the core',
    'src-main/raft/log/user.ts',
    'src-main/raft/core/target.ts',
    'layer-raft-log',
  ],
  ['the store knows no coordinator', 'src-main/store/user.ts', 'src-main/coordinator/target.ts', 'layer-store'],
  ['rpc knows no node', 'src-main/rpc/user.ts', 'src-main/store/target.ts', 'layer-rpc'],
  ['the door knows no engine', 'src-main/api/user.ts', 'src-main/engine/raw/target.ts', 'layer-api'],
  [
    'the core does not even take the error class',
    'src-main/raft/core/user.ts',
    'src-main/base/target.ts',
    'raft-core-imports-nothing',
  ],
  [
    'a page takes no code of main',
    'src-renderer/user.ts',
    'src-main/api/target.ts',
    'renderer-imports-types-of-main-only',
  ],
  ['main knows no screen', 'src-main/sandbox/user.ts', 'src-renderer/target.ts', 'layer-sandbox'],
  ['a folder without a row is refused', 'src-main/novel/user.ts', 'src-main/base/target.ts', 'every-file-has-a-row'],
])('%s', async (_sentence, user, imported, rule) => {
  const up = '../'.repeat(user.split('/').length - 1)
  expect(await violationsOf({ [imported]: target, [user]: importing(up + imported.replace('.ts', '')) })).toContain(
    rule,
  )
})

test('a page may take types of main, and the log types of the core', async () => {
  const page = { 'src-main/api/target.ts': target, 'src-renderer/user.ts': importingType('../src-main/api/target') }
  expect(await violationsOf(page)).toEqual([])
  const log = { 'src-main/raft/core/target.ts': target, 'src-main/raft/log/user.ts': importingType('../core/target') }
  expect(await violationsOf(log)).toEqual([])
})

test('a page takes no Node module, and the core no module at all', async () => {
  expect(await violationsOf({ 'src-renderer/user.ts': "import 'node:fs'\n" })).toContain('renderer-has-no-node')
  expect(await violationsOf({ 'src-main/raft/core/user.ts': "import 'node:path'\n" })).toContain(
    'raft-core-imports-nothing',
  )
})

test('two files that need each other are refused', async () => {
  const files = { 'src-main/flow/one.ts': importing('./two'), 'src-main/flow/two.ts': importing('./one') }
  expect(await violationsOf(files)).toContain('no-cycles')
})
