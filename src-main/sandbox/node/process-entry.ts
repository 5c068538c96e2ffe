import { runMountedProcess, runStandaloneProcess } from './node-process'
import { MOUNTED_OPTION } from './process-carrier'

// The program of a node in a process of its own: `node-process.cjs --config FILE`, or driven by a host.

const options = process.argv.slice(2)
if (options[0] === MOUNTED_OPTION) runMountedProcess(Number(options[1]))
else void runStandaloneProcess(options)
