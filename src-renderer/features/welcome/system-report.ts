import type { SystemInfo } from '../../data/door-client'

/** The facts of this screen as text, for a bug report. Always in English, for whoever reads it. */
export function systemReport({ program, host, runtime, workspaceDirectory, engines }: SystemInfo): string {
  const { electron, chromium, node, v8 } = runtime.versions
  const lines = [
    `${program.title} ${program.version} (${host})`,
    `System: ${runtime.operatingSystem} ${runtime.architecture}`,
    ...(electron === null ? [] : [`Electron: ${electron}`]),
    ...(chromium === null ? [] : [`Chromium: ${chromium}`]),
    `Node: ${node}`,
    `V8: ${v8}`,
    `Workspace: ${workspaceDirectory ?? 'none is open'}`,
    ...engines.map(
      (engine) =>
        `Engine ${engine.name}: ${engine.package ?? 'built in'} ${engine.version}, ${
          engine.error === null ? 'loaded' : `${engine.error.code}: ${engine.error.message}`
        }`,
    ),
  ]
  return lines.join('\n')
}
