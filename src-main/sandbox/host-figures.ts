/** What the program takes of the machine: all threads together, with the nodes that run in it. */
export interface HostFigures {
  readonly residentBytes: number
  /** Of the main thread. */
  readonly heapUsedBytes: number
  /** Since the program began. */
  readonly cpuMs: number
}

/** Reads them now. */
export function hostFigures(): HostFigures {
  const { rss, heapUsed } = process.memoryUsage()
  const { user, system } = process.cpuUsage()
  return { residentBytes: rss, heapUsedBytes: heapUsed, cpuMs: (user + system) / 1000 }
}
