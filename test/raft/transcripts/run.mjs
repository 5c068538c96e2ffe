import { fileURLToPath } from 'node:url'
import { runTypeScript } from '../../support/run-typescript.mjs'

await runTypeScript(fileURLToPath(new URL('cli.ts', import.meta.url)), process.argv.slice(2))
