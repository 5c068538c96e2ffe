// Runs a command that is written in TypeScript, on plain Node: bundles it into one file under `out/scripts` and calls
// its `main(args)`, which returns the exit status.
import { rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'vite'

const root = join(import.meta.dirname, '..', '..')

/**
 * @param {string} entry path of a module that exports `main(args: readonly string[]): number | Promise<number>`
 * @param {readonly string[]} args
 */
export async function runTypeScript(entry, args) {
  const name = basename(entry, '.ts')
  // A directory for each run: commands that run side by side do not overwrite each other's bundle.
  const outDir = join(root, 'out', 'scripts', `${name}-${String(process.pid)}`)
  try {
    await build({
      root,
      configFile: false,
      logLevel: 'error',
      build: { ssr: entry, outDir, target: 'node20', rolldownOptions: { output: { entryFileNames: `${name}.mjs` } } },
    })
    const { main } = await import(pathToFileURL(join(outDir, `${name}.mjs`)).href)
    process.exitCode = await main(args)
  } finally {
    await rm(outDir, { recursive: true, force: true })
  }
}
