import { RealDisk } from '../../../src-main/env/real'
import { SandboxError } from '../../../src-main/base/sandbox-error'

/**
 * A process of its own that takes the lock of a directory when told, says how that went, and releases it when told:
 * lines `take <directory>` and `release` come in, `held`, `released` or an error code go out.
 */
export async function main(): Promise<number> {
  const disk = new RealDisk()
  let release: (() => Promise<void>) | undefined
  process.stdin.setEncoding('utf8')
  console.log('ready')
  for await (const text of process.stdin as AsyncIterable<string>) {
    for (const line of text.split('\n').filter((each) => each !== '')) {
      try {
        if (line === 'release') {
          await release?.()
          console.log('released')
        } else {
          const lock = await disk.lock(line.slice('take '.length))
          release = () => lock.release()
          console.log('held')
        }
      } catch (error) {
        console.log(error instanceof SandboxError ? `${error.code} ${error.message}` : String(error))
      }
    }
  }
  return 0
}
