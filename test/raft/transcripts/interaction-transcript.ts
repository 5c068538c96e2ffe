import { describeEntries } from '../../../src-main/raft/core/describe/entry'
import { describeProgressMap } from '../../../src-main/raft/core/describe/membership'
import { describeMessage } from '../../../src-main/raft/core/describe/message'
import type { ConfChange, ConfChangeTransition } from '../../../src-main/raft/core/model/conf-change'
import { NO_BYTES, NO_LIMIT } from '../../../src-main/raft/core/model/entry'
import type { MessageType } from '../../../src-main/raft/core/model/message'
import { draftMessage, isMessageType } from '../../../src-main/raft/core/model/message'
import type { NodeId } from '../../../src-main/raft/core/model/node-id'
import type { ProposalOutcome } from '../../../src-main/raft/core/raw-node'
import { isVoter } from '../../../src-main/raft/core/tracker/configuration'
import { readNodeOptions } from './add-nodes'
import { toBoolean, toWholeNumber } from './argument-values'
import { parseConfChanges } from './conf-change-notation'
import { describeRefusal } from './golden-errors'
import type { Recipient } from './interaction-environment'
import { InteractionEnvironment } from './interaction-environment'
import type { TranscriptArgument, TranscriptCase } from './transcript-format'
import { TranscriptSyntaxError } from './transcript-format'

const transitions: Readonly<Record<string, ConfChangeTransition>> = {
  auto: 'ConfChangeTransitionAuto',
  implicit: 'ConfChangeTransitionJointImplicit',
  explicit: 'ConfChangeTransitionJointExplicit',
}

type Command = (args: readonly TranscriptArgument[], input: string) => void

/** Whole nodes, driven by the commands of one transcript. */
export class InteractionSession {
  readonly #environment = new InteractionEnvironment()
  readonly #commands: ReadonlyMap<string, Command> = new Map<string, Command>([
    ['_breakpoint', () => undefined],
    ['add-nodes', (args) => this.#addNodes(args)],
    ['campaign', (args) => this.#node(args).raw.campaign()],
    ['compact', (args) => this.#compact(args)],
    ['deliver-msgs', (args) => this.#deliverMessages(args)],
    ['forget-leader', (args) => this.#node(args).raw.forgetLeader()],
    ['log-level', (args) => void this.#output.setLevel(args[0]?.key ?? '')],
    ['process-append-thread', (args) => this.#process(args, 'processing append thread', 'processAppendThread')],
    ['process-apply-thread', (args) => this.#process(args, 'processing apply thread', 'processApplyThread')],
    ['process-ready', (args) => this.#process(args, 'handling Ready', 'processReady')],
    ['propose', (args) => this.#propose(args)],
    ['propose-conf-change', (args, input) => this.#proposeConfChange(args, input)],
    ['raft-log', (args) => this.#printLog(nodeIds(args)[0] ?? 0)],
    ['raft-state', () => this.#printStates()],
    ['report-unreachable', (args) => this.#node(args).raw.reportUnreachable(nodeIds(args)[1] ?? 0)],
    ['send-snapshot', (args) => this.#sendSnapshot(args)],
    ['set-randomized-election-timeout', (args) => this.#setElectionTimeout(args)],
    ['stabilize', (args) => this.#stabilize(args)],
    ['status', (args) => this.#output.write(describeProgressMap(this.#node(args).raw.memberProgress()))],
    ['tick-election', (args) => this.#tick(args, 'electionTicks')],
    ['tick-heartbeat', (args) => this.#tick(args, 'heartbeatTicks')],
    ['transfer-leadership', (args) => this.#transfer(args)],
  ])

  get #output() {
    return this.#environment.output
  }

  /** Answers a case. An error of a node is part of the answer, after what was printed before it. */
  run(test: TranscriptCase): string {
    this.#output.clear()
    try {
      const command = this.#commands.get(test.command)
      if (command === undefined) throw new Error('unknown command')
      command(test.args, test.input)
    } catch (error) {
      if (!(error instanceof Error) || error instanceof TranscriptSyntaxError) throw error
      if (this.#output.isQuiet) return error.message
      this.#output.write(error.message)
    }
    return this.#output.text === '' ? 'ok' : this.#output.text
  }

  #node(args: readonly TranscriptArgument[]) {
    return this.#environment.node(toWholeNumber(args[0]?.key ?? ''))
  }

  #addNodes([count, ...options]: readonly TranscriptArgument[]): void {
    const { config, initial } = readNodeOptions(options)
    for (let added = 0; added < toWholeNumber(count?.key ?? ''); added += 1) this.#environment.addNode(config, initial)
  }

  #compact(args: readonly TranscriptArgument[]): void {
    const [id = 0, index = 0] = nodeIds(args)
    this.#environment.node(id).storage.compact(index)
    this.#printLog(id)
  }

  #deliverMessages(args: readonly TranscriptArgument[]): void {
    const recipients: Recipient[] = []
    let type: MessageType | undefined
    for (const { key, values } of args) {
      if (values.length === 0) recipients.push({ id: toWholeNumber(key), drop: false })
      for (const value of values) {
        if (key === 'drop') recipients.push({ id: toWholeNumber(value), drop: true })
        else if (key === 'type') {
          if (!isMessageType(value)) throw new TranscriptSyntaxError(`unknown message type ${value}`)
          type = value
        }
      }
    }
    if (this.#environment.deliver(recipients, type) === 0) this.#output.write('no messages\n')
  }

  #process(
    args: readonly TranscriptArgument[],
    title: string,
    action: 'processReady' | 'processAppendThread' | 'processApplyThread',
  ): void {
    const ids = nodeIds(args)
    for (const id of ids) {
      if (ids.length === 1) {
        this.#environment[action](id)
        continue
      }
      this.#output.write(`> ${id} ${title}\n`)
      this.#output.indented(() => this.#environment[action](id))
    }
  }

  #propose(args: readonly TranscriptArgument[]): void {
    const [, data, ...more] = args
    if (data === undefined || data.values.length > 0 || more.length > 0) {
      throw new TranscriptSyntaxError('propose takes a node and one word of data')
    }
    expectTaken(this.#node(args).raw.propose(new TextEncoder().encode(data.key)))
  }

  #proposeConfChange([target, ...options]: readonly TranscriptArgument[], input: string): void {
    let v1 = false
    let transition: ConfChangeTransition = 'ConfChangeTransitionAuto'
    for (const { key, values } of options) {
      for (const value of values) {
        if (key === 'v1') v1 = toBoolean(value)
        else if (key === 'transition') {
          const named = transitions[value]
          if (named === undefined) throw new Error(`unknown transition ${value}`)
          transition = named
        } else throw new Error(`unknown command ${key}`)
      }
    }
    const changes = parseConfChanges(input)
    let change: ConfChange = { version: 2, transition, changes, context: NO_BYTES }
    if (v1) {
      const [single, ...more] = changes
      if (single === undefined || more.length > 0 || transition !== 'ConfChangeTransitionAuto') {
        throw new Error('v1 conf change can only have one operation and no transition')
      }
      change = { version: 1, ...single, context: NO_BYTES }
    }
    expectTaken(this.#environment.node(toWholeNumber(target?.key ?? '')).raw.proposeConfChange(change))
  }

  #printLog(id: NodeId): void {
    const { storage } = this.#environment.node(id)
    const [first, last] = [storage.firstIndex(), storage.lastIndex()]
    if (last < first) {
      this.#output.write(`log is empty: first index=${first}, last index=${last}`)
      return
    }
    const entries = storage.entries(first, last + 1, NO_LIMIT)
    if (typeof entries === 'string') throw new Error(`the log from ${first} to ${last} is ${entries}`)
    this.#output.write(describeEntries(entries))
  }

  #printStates(): void {
    for (const { raw } of this.#environment.nodes) {
      const { id, role, term, leader, configuration } = raw.status()
      const part = isVoter(configuration, id) ? '(Voter)' : '(Non-Voter)'
      this.#output.write(`${id}: ${role} ${part} Term:${term} Lead:${leader}\n`)
    }
  }

  #sendSnapshot(args: readonly TranscriptArgument[]): void {
    const [from = 0, to = 0] = nodeIds(args)
    const sender = this.#environment.node(from)
    const message = draftMessage('MsgSnap', to)
    message.from = from
    message.term = sender.raw.term
    message.snapshot = sender.newestSnapshot
    this.#environment.enqueue(message)
    this.#output.write(describeMessage(message))
  }

  #setElectionTimeout(args: readonly TranscriptArgument[]): void {
    const timeout = args.find(({ key }) => key === 'timeout')?.values[0] ?? ''
    this.#node(args).raw.setElectionTimeout(toWholeNumber(timeout))
  }

  #stabilize(args: readonly TranscriptArgument[]): void {
    const level = args.find(({ key }) => key === 'log-level')?.values[0]
    const before = level === undefined ? undefined : this.#output.setLevel(level)
    try {
      const ids = nodeIds(args)
      this.#environment.stabilize(ids.length > 0 ? ids : this.#environment.nodes.map(({ raw }) => raw.id))
    } finally {
      if (before !== undefined) this.#output.setLevel(before)
    }
  }

  #tick(args: readonly TranscriptArgument[], interval: 'electionTicks' | 'heartbeatTicks'): void {
    const node = this.#node(args)
    for (let ticked = 0; ticked < node.config[interval]; ticked += 1) node.raw.tick()
  }

  #transfer(args: readonly TranscriptArgument[]): void {
    const named = (key: string) => toWholeNumber(args.find((argument) => argument.key === key)?.values[0] ?? '')
    this.#environment.node(named('from')).raw.transferLeader(named('to'))
  }
}

function nodeIds(args: readonly TranscriptArgument[]): readonly NodeId[] {
  return args.filter(({ values }) => values.length === 0).map(({ key }) => toWholeNumber(key))
}

function expectTaken(outcome: ProposalOutcome): void {
  if (outcome.kind === 'refused') throw new Error(describeRefusal(outcome.refusal))
}
