// Kills a whole cluster again and again while clients write: `npm run soak -- [--rounds 100] [--writers 16] [--mount worker]`.
import { join } from 'node:path'
import { runTypeScript } from '../support/run-typescript.mjs'

await runTypeScript(join(import.meta.dirname, 'main.ts'), process.argv.slice(2))
