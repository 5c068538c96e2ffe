// `npm run test:histories -- DIR`: gives every recorded history of a directory to the checker and compares verdicts.
import { join } from 'node:path'
import { runTypeScript } from '../support/run-typescript.mjs'

await runTypeScript(join(import.meta.dirname, 'cli.ts'), process.argv.slice(2))
