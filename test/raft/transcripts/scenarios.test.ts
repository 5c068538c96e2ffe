import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { listTranscripts, replayFile } from './replay'

const directory = join(import.meta.dirname, 'scenarios')

describe('our own transcripts', () => {
  it.each(listTranscripts(directory) ?? [])('%s', (path) => {
    const report = replayFile(directory, path)
    expect(report.difference).toBeUndefined()
    expect(report.passed).toBe(report.cases)
  })

  it('are found', () => {
    expect(listTranscripts(directory)?.length).toBeGreaterThanOrEqual(5)
  })
})
