import { createLaunchContext } from '../../../../src-main/headless/launcher/launch-context'
import type { CarriedPackage } from '../../../../src-main/headless/launcher/carried-package'
import { findCarriedRuntime } from '../../../../src-main/headless/launcher/carried-runtime'

/** What a child process is asked to look for. */
export interface FindCarriedRequest {
  readonly projectDir: string
  readonly carried: CarriedPackage
}

/** A child process of a test: looks for the carried runtime, and prints what it says and finds as lines of JSON. */
async function main(request: FindCarriedRequest): Promise<void> {
  const print = (line: object): void => {
    console.log(JSON.stringify(line))
  }
  const context = createLaunchContext(request.projectDir)
  const say = (said: string): void => {
    print({ said })
  }
  print(await findCarriedRuntime({ ...context, platform: 'linux', arch: 'x64', say }, request.carried))
}

void main(JSON.parse(process.argv[2] ?? '') as FindCarriedRequest)
