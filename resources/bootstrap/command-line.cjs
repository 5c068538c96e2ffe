/**
 * Reads the command line of an Electron that was started with an app to run, as in `electron -r preload.js . --flag`.
 *
 * @param {readonly string[]} args the command line behind the program's own name
 * @returns {{app: string | null, preloads: string[], wantsVersion: boolean}} `app` is the first argument that is neither
 *   an option nor the value of one; `preloads` are the modules to load before it
 */
exports.readCommandLine = (args) => {
  const preloads = []
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index]
    if (arg === '-r' || arg === '--require') {
      index += 1
      if (args[index] !== undefined) preloads.push(args[index])
    } else if (arg === '-v' || arg === '--version') {
      return { app: null, preloads: [], wantsVersion: true }
    } else if (!arg.startsWith('-')) {
      return { app: arg, preloads, wantsVersion: false }
    }
  }
  return { app: null, preloads, wantsVersion: false }
}
