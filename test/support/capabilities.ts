import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach } from 'vitest'
import type { TestContext } from 'vitest'
import { hasDisplay } from '../../src-main/headless/launcher/display'
import { findRuntime } from '../../src-main/headless/launcher/find-runtime'
import { createLaunchContext } from '../../src-main/headless/launcher/launch-context'

/** What some tests need of the machine and not every machine has. */
export type Capability = 'electron' | 'chromium' | 'display' | 'rocksdb'

/** The project's own directory. */
export const projectDirectory = join(import.meta.dirname, '..', '..')

/** Where the browsers of Linux distributions lie. CHROMIUM_PATH names another. */
const chromiumPaths = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Finds what each capability stands for, or undefined. Asked once. */
const finders: Readonly<Record<Capability, () => Promise<string | undefined>>> = {
  electron: once(async () => (await findRuntime(createLaunchContext(projectDirectory))).runtime?.path),
  chromium: once(() =>
    Promise.resolve([process.env['CHROMIUM_PATH'], ...chromiumPaths].find((path) => path && existsSync(path))),
  ),
  display: once(() => Promise.resolve(hasDisplay(createLaunchContext(projectDirectory)) ? 'display' : undefined)),
  rocksdb: once(() =>
    import('rocksdb-native').then(
      () => 'rocksdb-native',
      () => undefined,
    ),
  ),
}

/** What is missing, in a sentence, and the command that mends it. */
const missing: Readonly<Record<Capability, string>> = {
  electron: 'there is no Electron that can be started; see why with: npm start -- --print-runtime',
  chromium: 'there is no Chromium; on Debian and Ubuntu: sudo apt-get install chromium',
  display: 'there is no display; on Debian and Ubuntu: sudo apt-get install xvfb, then npm test',
  rocksdb: 'rocksdb-native does not load; on Debian and Ubuntu: sudo apt-get install libatomic1, else npm ci',
}

/**
 * Gives what a test needs of the machine. Where it is missing the test is skipped with the reason; with CI=true it fails,
 * because a machine of CI is set up to have everything.
 *
 * @returns the path of the executable for `electron` and `chromium`, a name for the others
 */
export async function requireCapability(context: TestContext, capability: Capability): Promise<string> {
  const found = await finders[capability]()
  if (found !== undefined) return found
  if (process.env['CI'] === 'true') throw new Error(`This test cannot run: ${missing[capability]}.`)
  return context.skip(missing[capability])
}

/** Skips, as {@link requireCapability} does, every test of the `describe` in which it is called where something is missing. */
export function requireCapabilityOfAll(capability: Capability): void {
  beforeEach(async (context) => {
    await requireCapability(context, capability)
  })
}

/** Whether this machine has it; for set-up that is done once for tests that {@link requireCapabilityOfAll} may skip. */
export async function hasCapability(capability: Capability): Promise<boolean> {
  return (await finders[capability]()) !== undefined
}

function once<T>(find: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined
  return () => (answer ??= find())
}
