// `npm test`: builds, then runs every test that can run on this machine, in a virtual display where there is no other.
// What could not run is listed with its reason; with CI=true that fails the run. Arguments go to vitest.
//
// What is imported before the version of Node is known must be readable to an old Node.

const OLDEST_NODE = [20, 19]

/** Ends the run with a sentence instead of a stack trace. */
function refuse(sentence) {
  console.error(sentence)
  console.log('0 passed, 1 failed')
  process.exit(1)
}

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
  refuse(
    `The tests need Node ${OLDEST_NODE.join('.')} or newer, and this is Node ${process.versions.node}. ` +
      'Install a current one from nodejs.org, or with a version manager: nvm install 22',
  )
}

// A promise chain, because a top-level await is a syntax error to the Nodes that were just turned away.
import('./support/run-tests.mjs')
  .then(({ runTests }) => runTests(process.argv.slice(2)))
  .then((status) => {
    process.exitCode = status
  })
  .catch((error) => {
    refuse(error.sentence || `The tests did not start, which is a defect of this program: ${error.stack}`)
  })
