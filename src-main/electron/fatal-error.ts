import { app, dialog } from 'electron'
import { SandboxError } from '../base/sandbox-error'
import { program } from '../sandbox/program'

/** The words in which a person learns that the program cannot go on. */
export function fatalSentence(thrown: unknown): string {
  const error = SandboxError.from(thrown)
  return error.code === 'INTERNAL'
    ? `The program met a defect of its own and cannot go on: ${error.message}`
    : `${error.message} (${error.code})`
}

/**
 * Tells a person why the program cannot go on, and ends it with exit code 1. The sentence goes to the terminal as well,
 * with the stack behind it if it is a defect.
 */
export function endWithError(thrown: unknown): void {
  const sentence = fatalSentence(thrown)
  process.stderr.write(`${sentence}\n`)
  if (SandboxError.from(thrown).code === 'INTERNAL' && thrown instanceof Error) {
    process.stderr.write(`${thrown.stack ?? ''}\n`)
  }
  // Before the app is ready there are no dialogs on Linux, and whoever started it from the desktop sees no terminal.
  void app.whenReady().then(() => {
    dialog.showErrorBox(program.title, sentence)
    app.exit(1)
  })
}
