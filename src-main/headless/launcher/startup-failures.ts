import type { LaunchContext } from './launch-context'

/** Why a runtime that is there does not run, for the person. */
export interface StartupFailure {
  /** What is missing and the command that mends it. */
  readonly sentence: string
}

/** What a window needs from Debian and its relatives, in one command: libraries fail one at a time. */
const WINDOW_PACKAGES = ['libgtk-3-0', 'libnss3', 'libasound2', 'libgbm1', 'libatomic1']

/** The Debian package of a library whose name does not say it. All others are found by Debian's own search. */
const packageOfLibrary: Readonly<Record<string, string>> = {
  'libatomic.so.1': 'libatomic1',
  'libgtk-3.so.0': 'libgtk-3-0',
  'libgdk-3.so.0': 'libgtk-3-0',
  'libnss3.so': 'libnss3',
  'libnssutil3.so': 'libnss3',
  'libsmime3.so': 'libnss3',
  'libnspr4.so': 'libnspr4',
  'libasound.so.2': 'libasound2',
  'libgbm.so.1': 'libgbm1',
  'libdrm.so.2': 'libdrm2',
  'libcups.so.2': 'libcups2',
  'libdbus-1.so.3': 'libdbus-1-3',
  'libatk-1.0.so.0': 'libatk1.0-0',
  'libatk-bridge-2.0.so.0': 'libatk-bridge2.0-0',
  'libatspi.so.0': 'libatspi2.0-0',
  'libxkbcommon.so.0': 'libxkbcommon0',
  'libX11.so.6': 'libx11-6',
  'libxcb.so.1': 'libxcb1',
  'libXcomposite.so.1': 'libxcomposite1',
  'libXdamage.so.1': 'libxdamage1',
  'libXext.so.6': 'libxext6',
  'libXfixes.so.3': 'libxfixes3',
  'libXrandr.so.2': 'libxrandr2',
  'libpango-1.0.so.0': 'libpango-1.0-0',
  'libcairo.so.2': 'libcairo2',
  'libglib-2.0.so.0': 'libglib2.0-0',
  'libexpat.so.1': 'libexpat1',
}

/** The sentence for a shared library that the system lacks; also for the native packages of this program. */
export function missingLibrarySentence(library: string, isRoot: boolean): string {
  const named = packageOfLibrary[library]
  const packages =
    named === undefined || WINDOW_PACKAGES.includes(named) ? WINDOW_PACKAGES : [named, ...WINDOW_PACKAGES]
  const command = `${isRoot ? '' : 'sudo '}apt-get install -y ${packages.join(' ')}`
  const otherNames = 'on Debian 13 and Ubuntu 24.04 some of these names end in t64; elsewhere use your package manager'
  return `The system library ${library} is missing. Install it: ${command} (${otherNames})`
}

/** The library that the dynamic loader could not find, by its complaint, or null if this is another complaint. */
export function missingLibraryIn(text: string): string | null {
  return (
    /(?:error while loading shared libraries: |^|\s)(lib[\w.+-]+\.so[\w.]*): cannot open shared object file/m.exec(
      text,
    )?.[1] ?? null
  )
}

/**
 * Recognizes, in what a runtime printed before it ended, the failures of a machine rather than of this program.
 *
 * @returns null when it is none of them
 */
export function recognizeStartupFailure(stderr: string, { isRoot, env }: LaunchContext): StartupFailure | null {
  const library = missingLibraryIn(stderr)
  if (library !== null) return { sentence: missingLibrarySentence(library, isRoot) }
  if (/Missing X server|cannot open display|Failed to connect to Wayland display/i.test(stderr)) {
    const display = env['DISPLAY'] || env['WAYLAND_DISPLAY'] || 'none'
    return { sentence: `The display ${display} does not answer. A window without a display: xvfb-run -a npm start` }
  }
  if (/No usable sandbox|SUID sandbox helper binary was found, but is not configured correctly/.test(stderr)) {
    return {
      sentence:
        'The system forbids the sandbox that Electron isolates its pages with. Allow it until the next restart: ' +
        'sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 (or kernel.unprivileged_userns_clone=1 on older systems)',
    }
  }
  if (/GLIBC_[\d.]+' not found/.test(stderr)) {
    return {
      sentence: 'This Electron was built for a newer system than this one. Use an older one: set ELECTRON_EXEC_PATH',
    }
  }
  return null
}
