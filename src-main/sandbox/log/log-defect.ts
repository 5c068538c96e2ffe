import type { ProgramLog } from './program-log'

/** Logs a defect of the program with its stack. @param where what was being done: `procedure tables.tree` */
export function logDefect(log: ProgramLog, error: unknown, where: string): void {
  log.write('error', 'defect', {
    where,
    message: error instanceof Error ? error.message : String(error),
    stack: error instanceof Error ? error.stack : undefined,
  })
}
