import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DEFAULT_DIRECTORY } from './cli'
import { listTranscripts, replayFile } from './replay'

const directory = resolve(DEFAULT_DIRECTORY)
const paths = listTranscripts(directory)

describe('the recorded transcripts', () => {
  if (paths === undefined) {
    it('are replayed', ({ skip }) => skip(`there are no recorded transcripts in ${directory}`))
  }
  for (const path of paths ?? []) {
    it(`answers as recorded in ${path.slice(directory.length + 1)}`, () => {
      const report = replayFile(directory, path)
      expect(report.difference).toBeUndefined()
      expect(report.passed).toBe(report.cases)
      expect(report.cases).toBeGreaterThan(0)
    })
  }
})
