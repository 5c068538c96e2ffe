#!/usr/bin/env node
/**
 * The command `dingo-sandbox`, also `npx .` in a checkout: builds the program if there is no build yet, and hands over to
 * the built command line in this same process. An outdated build will do: a command line must not change under a script.
 *
 * Nothing is imported before the version of Node is known: an old Node must get as far as that sentence.
 */

const OLDEST_NODE = [20, 19]

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
  console.error(
    `Node ${OLDEST_NODE.join('.')} or newer is needed, and this is Node ${process.versions.node}. ` +
      'Install a current one from nodejs.org, or with a version manager: nvm install 22',
  )
  process.exit(1)
}

// A promise chain, because a top-level await is a syntax error to the Nodes that this file has to turn away.
import('./launcher/start/prepare.mjs')
  .then(({ prepareCommandLine }) => prepareCommandLine())
  .then((url) => import(url))
  .catch((error) => {
    console.error(error.sentence || `The start failed, which is a defect of this program: ${error.stack}`)
    process.exitCode = 1
  })
