import { resolve } from 'node:path'
import { launch } from './launch'
import { createLaunchContext } from './launch-context'

/** Built to `out/main/launcher.cjs`, two directories below the project. */
const projectDir = resolve(__dirname, '..', '..')

launch(createLaunchContext(projectDir), process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status
  },
  (error: unknown) => {
    console.error(
      `The launcher failed, which is a defect of this program: ${error instanceof Error ? String(error.stack) : String(error)}`,
    )
    process.exitCode = 1
  },
)
