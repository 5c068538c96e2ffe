import { Worker } from 'node:worker_threads'
import { beforeEach, describe, expect, it } from 'vitest'
import { SandboxError } from '../../../src-main/base/sandbox-error'
import type { NodeMessage } from '../../../src-main/sandbox/node/mount-messages'
import type { MountableNode, NodeListener } from '../../../src-main/sandbox/node/mountable-node'
import { MountedNode } from '../../../src-main/sandbox/node/mounted-node'
import type { NodeConfig } from '../../../src-main/sandbox/node/node-config'
import { PauseFlag } from '../../../src-main/sandbox/node/pause-flag'

const phases = { engineMs: 1, nodeMs: 2, serveMs: 3 }
const config = { name: 'store-1' } as NodeConfig

let said: NodeMessage[]
let done: string[]
let mounted: MountedNode
let listener: NodeListener | undefined
let isToDie: boolean
let starting: Promise<typeof phases>
let closing: Promise<void>
beforeEach(() => {
  said = []
  done = []
  isToDie = false
  starting = Promise.resolve(phases)
  closing = Promise.resolve()
  const node: MountableNode = {
    start: () => starting,
    stop: () => {
      done.push('stop')
      return closing
    },
    kill: () => {
      done.push('kill')
      return closing
    },
    setLink: () => {
      throw new SandboxError('INVALID_ARGUMENT', 'A delay is a number.')
    },
    flow: (command) => {
      done.push(command.kind)
    },
    status: () => Promise.reject(new Error('not asked by these tests')),
  }
  mounted = new MountedNode(
    (_config, _links, given) => {
      listener = given
      return node
    },
    {
      post: (message) => said.push(message),
      standStill: () => {
        done.push('stand still')
        return isToDie
      },
    },
  )
})

const settle = () => new Promise((resolve) => setImmediate(resolve))
const start = async () => {
  mounted.receive({ kind: 'start', config, links: [] })
  await settle()
}
const kindsSaid = () => said.map(({ kind }) => kind)

describe('the node’s side of a mount', () => {
  it('says that it is up, what goes wrong, and that it is gone', async () => {
    await start()
    listener?.onWarning(new SandboxError('RAFT_SNAPSHOT_DAMAGED', 'It is damaged.'))
    listener?.onFailure(new SandboxError('RAFT_LOG_FAILED', 'It failed.'))
    mounted.receive({ kind: 'stop', options: { handOver: false } })
    await settle()
    expect(kindsSaid()).toEqual(['started', 'warning', 'failure', 'gone'])
  })

  it('says why it does not come up', async () => {
    starting = Promise.reject(new SandboxError('ENGINE_LOCKED', 'It is open elsewhere.'))
    await start()
    expect(said).toMatchObject([{ kind: 'start-failed', error: { code: 'ENGINE_LOCKED' } }])
  })

  it('is silent at once and gone when everything is closed', async () => {
    await start()
    let closed: () => void = () => undefined
    closing = new Promise<void>((resolve) => (closed = resolve))
    mounted.receive({ kind: 'kill' })
    await settle()
    expect(kindsSaid()).toEqual(['started', 'silent'])
    closed()
    await settle()
    expect(kindsSaid()).toEqual(['started', 'silent', 'gone'])
  })

  it('ends without order when something escapes from it, and says what', async () => {
    await start()
    mounted.crash(new TypeError('x is not a function'))
    await settle()
    expect(done).toEqual(['kill'])
    expect(said.at(-1)).toMatchObject({ kind: 'gone', error: { message: 'x is not a function' } })
  })

  it('says that it stands still before it does', async () => {
    await start()
    mounted.receive({ kind: 'pause' })
    expect(kindsSaid()).toEqual(['started', 'paused'])
    expect(done).toEqual(['stand still'])
  })

  it('that wakes up to die does nothing else first', async () => {
    await start()
    isToDie = true
    mounted.receive({ kind: 'pause' })
    expect(done).toEqual(['stand still', 'kill'])
  })

  it('stops when somebody asks it over the wire', async () => {
    await start()
    listener?.onShutdown()
    await settle()
    expect(done).toEqual(['stop'])
    expect(kindsSaid()).toEqual(['started', 'gone'])
  })

  it('answers what cannot be done with the reason', async () => {
    const rule = { peer: 1, direction: 'outgoing', cut: false, delayMs: -1 } as const
    mounted.receive({ kind: 'status', question: 1 })
    await start()
    mounted.receive({ kind: 'set-link', question: 2, rule })
    await settle()
    expect(said.filter(({ kind }) => kind === 'refusal')).toMatchObject([
      { question: 1, error: { code: 'NODE_FAILED' } },
      { question: 2, error: { code: 'INVALID_ARGUMENT' } },
    ])
  })
})

describe('the pause flag', () => {
  /** A thread that stands still whenever it is told to look, and says what it then sees. */
  const program = `
    const { parentPort, workerData } = require('node:worker_threads')
    const flag = new Int32Array(workerData)
    parentPort.on('message', () => {
      parentPort.postMessage('looks')
      while (Atomics.load(flag, 0) === 1) Atomics.wait(flag, 0, 1)
      parentPort.postMessage(Atomics.load(flag, 0) === 2 ? 'dies' : 'goes on')
    })`

  it('holds a thread until it is lowered, and wakes one that is to die', async () => {
    const flag = new PauseFlag()
    const worker = new Worker(program, { eval: true, workerData: flag.memory })
    const heard: string[] = []
    const hears = (word: string) =>
      new Promise<void>((resolve) => {
        worker.on('message', (said: string) => {
          if (said === word) resolve()
        })
      })
    worker.on('message', (word: string) => heard.push(word))
    try {
      flag.raise()
      const goesOn = hears('goes on')
      const looks = hears('looks')
      worker.postMessage('look')
      await looks
      expect(heard).toEqual(['looks'])
      flag.lower()
      await goesOn
      flag.raise()
      const dies = hears('dies')
      worker.postMessage('look')
      flag.condemn()
      await dies
      // What is condemned is never pardoned.
      flag.raise()
      flag.lower()
      expect(flag.standStill()).toBe(true)
    } finally {
      await worker.terminate()
    }
  })
})
