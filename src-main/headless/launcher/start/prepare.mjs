import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { checkPackages } from './installed-packages.mjs'
import { buildWhenStale } from './project-build.mjs'

const projectDir = resolve(fileURLToPath(import.meta.url), '../../../../..')

/**
 * Everything between the bare checkout and the launcher.
 *
 * @param {readonly string[]} commandLine what stands behind `npm start --`
 * @returns {Promise<string>} the address of the built launcher, to be imported
 */
export async function prepare(commandLine) {
  checkPackages(projectDir)
  await buildWhenStale(projectDir, {
    say: (sentence) => console.error(sentence),
    // Asking for the manual or for the runtime should not wait for a build of screens that nobody will look at twice.
    onlyIfMissing: commandLine.includes('--help') || commandLine.includes('--print-runtime'),
  })
  return pathToFileURL(join(projectDir, 'out/main/launcher.cjs')).href
}

/**
 * Everything between the bare checkout and the command line `dingo-sandbox`. What it says goes to standard error: standard
 * output belongs to the command.
 *
 * @returns {Promise<string>} the address of the built command line, to be imported
 */
export async function prepareCommandLine() {
  checkPackages(projectDir)
  await buildWhenStale(projectDir, { say: (sentence) => console.error(sentence), onlyIfMissing: true })
  return pathToFileURL(join(projectDir, 'out/main/dingo-sandbox.cjs')).href
}
