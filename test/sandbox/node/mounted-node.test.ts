import { beforeEach, describe, expect, it } from 'vitest'
import { SandboxError } from '../../../src-main/base/sandbox-error'
import type { NodeMessage } from '../../../src-main/sandbox/node/mount-messages'
import type { MountableNode, NodeListener } from '../../../src-main/sandbox/node/mountable-node'
import { MountedNode } from '../../../src-main/sandbox/node/mounted-node'
import type { NodeConfig } from '../../../src-main/sandbox/node/node-config'

const phases = { engineMs: 1, nodeMs: 2, serveMs: 3 }
const config = { name: 'store-1' } as NodeConfig

let said: NodeMessage[]
let done: string[]
let mounted: MountedNode
let listener: NodeListener | undefined
let starting: Promise<typeof phases>
let closing: Promise<void>
beforeEach(() => {
  said = []
  done = []
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
    pause: () => {
      done.push('pause')
    },
    resume: () => {
      done.push('resume')
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

  it('is paused, and hears what it was told meanwhile when it goes on', async () => {
    await start()
    mounted.receive({ kind: 'pause' })
    expect(kindsSaid()).toEqual(['started', 'paused'])
    mounted.receive({ kind: 'stop', options: { handOver: false } })
    await settle()
    expect(done).toEqual(['pause'])
    mounted.receive({ kind: 'resume' })
    await settle()
    expect(done).toEqual(['pause', 'resume', 'stop'])
  })

  it('knows what the controller of stepping wants before it goes on', async () => {
    await start()
    mounted.receive({ kind: 'pause' })
    mounted.receive({ kind: 'flow', question: 1, command: { kind: 'freeze' } as never })
    await settle()
    expect(done).toEqual(['pause'])
    mounted.receive({ kind: 'resume' })
    await settle()
    expect(done).toEqual(['pause', 'freeze', 'resume'])
    expect(kindsSaid()).toEqual(['started', 'paused', 'answer'])
  })

  it('does not start when something in its thread has broken before', async () => {
    mounted.crash(new TypeError('x is not a function'))
    await start()
    expect(kindsSaid()).toEqual(['silent', 'gone'])
  })

  it('is killed while it is paused', async () => {
    await start()
    mounted.receive({ kind: 'pause' })
    mounted.receive({ kind: 'kill' })
    await settle()
    expect(done).toEqual(['pause', 'kill'])
    expect(kindsSaid()).toEqual(['started', 'paused', 'silent', 'gone'])
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
