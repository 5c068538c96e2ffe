import type { Reporter, TestModule, TestRunEndReason } from 'vitest/node'

const countOf = (title: string, entries: ReadonlyMap<string, number>) =>
  entries.size === 0 ? [] : ['', title, ...[...entries].map(([reason, count]) => `  ${String(count)} × ${reason}`)]

/**
 * Prints what was skipped and why, and closes with one line `N passed, N failed, N skipped`. Where a skip counts as a
 * failure (CI=true) it says so and fails the run: a machine of CI has everything, so a skip there hides a missing install.
 */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[], reason: TestRunEndReason): void {
    const skipIsFailure = process.env.CI === 'true'
    const skips = new Map<string, number>()
    let passed = 0
    // A file that does not even load and an error outside any test count as failures, else they would be invisible here.
    let failed = unhandledErrors.length
    let skipped = 0
    for (const module of modules) {
      if (module.state() === 'failed' && module.errors().length > 0) failed += 1
      for (const test of module.children.allTests()) {
        const result = test.result()
        if (result.state === 'passed') passed += 1
        else if (result.state === 'failed') failed += 1
        else {
          skipped += 1
          const why = (result.state === 'skipped' ? result.note : undefined) ?? `no reason given (${test.fullName})`
          skips.set(why, (skips.get(why) ?? 0) + 1)
        }
      }
    }
    if (reason === 'interrupted') failed += 1
    const lines = countOf(skipIsFailure ? 'Skipped, which counts as failed where CI=true:' : 'Skipped:', skips)
    if (skipIsFailure) failed += skipped
    if (failed > 0) process.exitCode = 1
    const skippedPart = skipped > 0 && !skipIsFailure ? `, ${String(skipped)} skipped` : ''
    console.log([...lines, '', `${String(passed)} passed, ${String(failed)} failed${skippedPart}`].join('\n'))
  }
}
