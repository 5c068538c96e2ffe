import type { RaftLogger } from '../../../../src-main/raft/core/logger'

/** Keeps every line with its level. */
export class RecordingLogger implements RaftLogger {
  readonly lines: string[] = []

  debug(line: string): void {
    this.lines.push(`DEBUG ${line}`)
  }

  info(line: string): void {
    this.lines.push(`INFO ${line}`)
  }

  warning(line: string): void {
    this.lines.push(`WARN ${line}`)
  }

  error(line: string): void {
    this.lines.push(`ERROR ${line}`)
  }

  fatal(line: string): void {
    this.lines.push(`FATAL ${line}`)
  }
}
