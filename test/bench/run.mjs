// Runs a benchmark: `node test/bench/run.mjs <name> [options]`. Each is a folder here with a `main.ts`.
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { runTypeScript } from '../support/run-typescript.mjs'

const [name = '', ...args] = process.argv.slice(2)
const entry = join(import.meta.dirname, name, 'main.ts')
const exists =
  /^[a-z-]+$/.test(name) &&
  (await access(entry).then(
    () => true,
    () => false,
  ))
if (exists) {
  await runTypeScript(entry, args)
} else {
  console.error(
    `There is no benchmark "${name}". Usage: node test/bench/run.mjs raw [--json] [--rounds <number>] [--only <engine>]`,
  )
  process.exitCode = 2
}
