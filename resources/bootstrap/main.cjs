/* eslint-disable no-console, @typescript-eslint/no-require-imports -- Electron runs this file as it is, long before there is a build or a log. */
/**
 * What an Electron without an app of its own runs first. Electron's packages bring such a file along; the carried
 * runtime (docs/launcher.md) does not, and without it `electron <directory>` waits for ever. It makes the app of the
 * command line look as if Electron had been built around it, then hands over.
 */

const { app } = require('electron')
const { readFileSync, statSync } = require('node:fs')
const { createRequire } = require('node:module')
const { dirname, join, resolve } = require('node:path')
const { readCommandLine } = require('./command-line.cjs')

const fail = (sentence) => {
  console.error(sentence)
  app.exit(1)
}

/** The directory, entry file and manifest of the app; an app may be given as its directory or as a single file. */
const locate = (path) => {
  if (statSync(path).isFile()) return { directory: dirname(path), entry: path, manifest: {} }
  const manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'))
  return { directory: path, entry: resolve(path, manifest.main ?? 'index.js'), manifest }
}

const introduce = ({ directory, manifest }) => {
  const name = manifest.productName ?? manifest.name
  if (name !== undefined) {
    app.setName(name)
    if (!app.commandLine.hasSwitch('user-data-dir')) app.setPath('userData', join(app.getPath('appData'), name))
  }
  if (manifest.version !== undefined) app.setVersion(manifest.version)
  app.setAppPath(directory)
}

const run = () => {
  // Apps ask this to tell a command line that names the app from one that does not.
  process.defaultApp = true
  const commandLine = readCommandLine(process.argv.slice(1))
  if (commandLine.wantsVersion) {
    console.log(`v${process.versions.electron}`)
    app.exit(0)
    return
  }
  if (commandLine.app === null) {
    fail('No app was named. Start it with the directory of an app: electron <directory>')
    return
  }
  const path = resolve(commandLine.app)
  const requireFromHere = createRequire(join(process.cwd(), 'command-line'))
  try {
    for (const preload of commandLine.preloads) requireFromHere(preload)
    const found = locate(path)
    introduce(found)
    require(found.entry)
  } catch (error) {
    fail(`The app at ${path} did not start: ${error.stack ?? error}`)
  }
}

run()
