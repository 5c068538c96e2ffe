import { parseArgs } from 'node:util'

/** What the command line asks of the window. Chromium's own switches stand beside these and are left to it. */
export interface WindowCommandLine {
  readonly workspace: string | undefined
}

/** @param args what stands behind the program itself */
export function parseWindowCommandLine(args: readonly string[]): WindowCommandLine {
  const { values } = parseArgs({
    args: [...args],
    strict: false,
    allowPositionals: true,
    options: { workspace: { type: 'string' } },
  })
  return { workspace: typeof values.workspace === 'string' ? values.workspace : undefined }
}
