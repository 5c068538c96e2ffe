import { spawn } from 'node:child_process'
import type { LoadOrder, LoadResult } from './load'

/** Runs a measurement in a process of its own, so that the load program does not share its thread with anything. */
export function loadInProcess(order: LoadOrder): Promise<LoadResult> {
  return inProcess('load', JSON.stringify(order))
}

/** Runs this bundle's `main` with arguments in a new process and reads its one line of JSON. */
export function inProcess<T>(...args: readonly string[]): Promise<T> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', bundleScript(args)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) => {
      if (status === 0) resolve(JSON.parse(output) as T)
      else reject(new Error(`The load program ended with status ${String(status)}.`))
    })
  })
}

/** A script that calls the `main` of this very bundle. */
export function bundleScript(args: readonly string[]): string {
  const bundle = JSON.stringify(import.meta.url)
  return `const { main } = await import(${bundle}); process.exitCode = await main(${JSON.stringify(args)})`
}
