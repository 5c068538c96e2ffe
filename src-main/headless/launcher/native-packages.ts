import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { LaunchContext } from './launch-context'
import { missingLibraryIn, missingLibrarySentence } from './startup-failures'

/** The packages with machine code that the storage engines stand on. */
const NATIVE_PACKAGES = ['rocksdb-native', 'classic-level']

/**
 * Says what a native package lacks on this machine. The program runs without it, on another storage engine, so this is
 * no reason not to start; it is done while the started program loads, and costs the start nothing.
 *
 * @param load loads a package by its name and throws what the loader throws
 */
export function checkNativePackages(context: LaunchContext, load = loaderOf(context)): void {
  for (const name of NATIVE_PACKAGES) {
    try {
      load(name)
    } catch (error) {
      const complaint = error instanceof Error ? error.message : String(error)
      const library = missingLibraryIn(complaint)
      const mend =
        library === null ? `${firstLine(complaint)} Run: npm ci` : missingLibrarySentence(library, context.isRoot)
      context.say(`The storage engine of the package ${name} does not load. ${mend}`)
    }
  }
}

function loaderOf({ projectDir }: LaunchContext): (name: string) => void {
  const requireFromProject = createRequire(join(projectDir, 'package.json'))
  return (name) => {
    requireFromProject(name)
  }
}

function firstLine(text: string): string {
  const line = text.split('\n', 1)[0] ?? ''
  return /[.!?]$/.test(line) ? line : `${line}.`
}
