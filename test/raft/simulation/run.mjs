// `npm run sim -- --seeds N`: simulates a Raft group through N seeds; see docs/simulation.md.
import { join } from 'node:path'
import { runTypeScript } from '../../support/run-typescript.mjs'

await runTypeScript(join(import.meta.dirname, 'cli.ts'), process.argv.slice(2))
