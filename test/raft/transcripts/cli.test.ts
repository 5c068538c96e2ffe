import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { replayDirectory } from './cli'

describe('the command that replays transcripts', () => {
  let directory = ''

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'transcripts-'))
  })

  afterEach(() => {
    rmSync(directory, { recursive: true })
  })

  const run = (path = directory) => {
    const lines: string[] = []
    return { status: replayDirectory(path, (line) => lines.push(line)), lines }
  }

  it('reports files and cases, and succeeds if all are answered as expected', () => {
    mkdirSync(join(directory, 'quorum'))
    writeFileSync(join(directory, 'quorum', 'b.txt'), 'vote cfg=(1) votes=(y)\n----\nVoteWon\n\nvote\n----\nVoteWon\n')
    writeFileSync(join(directory, 'a.txt'), 'simple\nv1\n----\nvoters=(1)\n1: StateProbe match=0 next=1\n')
    writeFileSync(join(directory, 'README.md'), 'not a transcript')
    expect(run()).toEqual({
      status: 0,
      lines: ['ok      a.txt (1 cases)', 'ok      quorum/b.txt (2 cases)', '2 files, 3 cases: 3 passed, 0 failed'],
    })
  })

  it('shows the first difference of a file, counts the rest of it as failed, and goes on with the others', () => {
    const wrong =
      'vote cfg=(1) votes=(y)\n----\nVoteWon\n\nvote cfg=(1) votes=(n)\n----\nVoteWon\n\nvote\n----\nVoteWon\n'
    writeFileSync(join(directory, 'a.txt'), wrong)
    writeFileSync(join(directory, 'b.txt'), 'vote\n----\nVoteWon\n')
    expect(run()).toEqual({
      status: 1,
      lines: [
        'FAILED  a.txt (1 of 3 cases passed)',
        '  first difference in line 5: vote',
        '  in line 1 of the output',
        '    expected: VoteWon',
        '    actual:   VoteLost',
        'ok      b.txt (1 cases)',
        '2 files, 4 cases: 2 passed, 2 failed',
      ],
    })
  })

  it.each([
    ['no directive at all', 'brew =1\n----\n'],
    ['an argument that is no number', 'campaign first\n----\nok\n'],
    ['a node that does not exist', 'campaign 7\n----\nok\n'],
    ['an argument of a quorum that is not known', 'vote size=3\n----\nVoteWon\n'],
  ])('reports a transcript with %s as failed', (_fault, text) => {
    writeFileSync(join(directory, 'a.txt'), text)
    expect(run()).toMatchObject({ status: 1 })
  })

  it('an error of a node is part of the answer', () => {
    writeFileSync(
      join(directory, 'a.txt'),
      [
        'add-nodes 1 voters=(1) index=2\n----',
        'INFO 1 switched to configuration voters=(1)',
        'INFO 1 became follower at term 0',
        'INFO newRaft 1 [peers: [1], term: 0, commit: 2, applied: 2, lastindex: 2, lastterm: 1]\n',
        'add-nodes 1 inflight=0\n----',
        'The configuration cannot work: maxInflightMessages must be a whole number of at least 1, not 0.\n',
      ].join('\n'),
    )
    expect(run()).toMatchObject({ status: 0 })
  })

  it('replays a single file', () => {
    writeFileSync(join(directory, 'a.txt'), 'vote\n----\nVoteWon\n')
    expect(run(join(directory, 'a.txt')).lines.at(-1)).toBe('1 files, 1 cases: 1 passed, 0 failed')
  })

  it('an absent directory is skipped, and that is said', () => {
    const { status, lines } = run(join(directory, 'nowhere'))
    expect(status).toBe(0)
    expect(lines).toEqual([expect.stringMatching(/^Skipped: there is no directory/)])
  })
})
