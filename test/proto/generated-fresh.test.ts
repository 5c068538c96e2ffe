import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { projectDirectory } from '../support/capabilities'

const committed = join(projectDirectory, 'src-main', 'rpc', 'generated')
let directory = ''

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'generated-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

test('the generated types are those of proto/: else run `npm run generate`', { timeout: 60_000 }, async () => {
  const buf = join(projectDirectory, 'node_modules', '.bin', 'buf')
  const path = `${join(projectDirectory, 'node_modules', '.bin')}${delimiter}${process.env['PATH'] ?? ''}`
  const template = JSON.stringify({
    version: 'v2',
    plugins: [{ local: 'protoc-gen-es', out: directory, opt: ['target=js+dts', 'import_extension=none'] }],
  })
  await promisify(execFile)(buf, ['generate', '--template', template], {
    cwd: projectDirectory,
    env: { ...process.env, PATH: path },
  })
  expect(await filesIn(committed)).toEqual(await filesIn(directory))
})

async function filesIn(root: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const contents = await Promise.all(paths.map((path) => readFile(path, 'utf8')))
  return Object.fromEntries(paths.map((path, position) => [path.slice(root.length), contents[position] ?? '']))
}
