import { name, version } from '../../package.json'

/** The program as it calls itself: to people, to the file system and by number. */
export const program = {
  /** For people. */
  title: 'DingoDB Store Sandbox',
  /** For folders and command lines. */
  name,
  version,
} as const

/** Which host carries the program: a window of its own, or a browser's tab over loopback HTTP. */
export type HostKind = 'electron' | 'headless'

/** The versions that a bug report needs. A part that is not there (no Electron in the headless host) is null. */
export interface RuntimeVersions {
  readonly electron: string | null
  readonly chromium: string | null
  readonly node: string
  readonly v8: string
}

/** What the program runs on. */
export interface RuntimeDescription {
  readonly versions: RuntimeVersions
  /** As Node names it: `linux`, `darwin`, `win32`. */
  readonly operatingSystem: string
  /** As Node names it: `x64`, `arm64`. */
  readonly architecture: string
}

/** Reads what this very process runs on. */
export function describeRuntime(): RuntimeDescription {
  const {
    electron = null,
    chrome = null,
    node,
    v8,
  } = process.versions as NodeJS.ProcessVersions & {
    electron?: string
    chrome?: string
  }
  return {
    versions: { electron, chromium: chrome, node, v8 },
    operatingSystem: process.platform,
    architecture: process.arch,
  }
}
