// `npm run screenshots`: builds if need be, and writes a picture of every screen into test-results/screenshots.
import { join, resolve } from 'node:path'
import { buildWhenStale } from '../../src-main/headless/launcher/start/project-build.mjs'
import { runTypeScript } from '../support/run-typescript.mjs'

await buildWhenStale(resolve(import.meta.dirname, '../..'), { say: (sentence) => console.error(sentence) })
await runTypeScript(join(import.meta.dirname, 'main.ts'), process.argv.slice(2))
