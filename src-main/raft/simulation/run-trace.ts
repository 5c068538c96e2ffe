import type { DiskEvent, SimulatedClock } from '../../env/simulated'
import type { NodeId } from '../core/model/node-id'
import type { TransportEvent } from '../transport/in-process-transport'
import type { PeerMessage } from '../transport/peer-message'
import { TraceHash } from './trace-hash'

/** The course of a run: always as a fingerprint, on request as a line for each thing that happens. */
export class RunTrace {
  readonly #clock: SimulatedClock
  readonly #print: ((line: string) => void) | undefined
  readonly #hash = new TraceHash()
  #count = 0

  constructor(clock: SimulatedClock, print: ((line: string) => void) | undefined) {
    this.#clock = clock
    this.#print = print
  }

  /** How many things have happened. */
  get count(): number {
    return this.#count
  }

  get digest(): string {
    return this.#hash.digest()
  }

  /** Something happened at a node; 0 is the group as a whole. */
  event(kind: string, nodeId: NodeId, value: number, detail = 0): void {
    this.#begin()
    this.#hash.text(kind)
    this.#hash.number(nodeId)
    this.#hash.number(value)
    this.#hash.number(detail)
    this.#print?.(this.#line(nodeId, `${kind} ${String(value)}${detail === 0 ? '' : ` (${String(detail)})`}`))
  }

  message({ kind, from, to, message }: TransportEvent): void {
    this.#begin()
    this.#hash.text(kind)
    this.#hash.number(from)
    this.#hash.number(to)
    this.#hashMessage(message)
    this.#print?.(this.#line(kind === 'sent' ? from : to, `${kind} ${String(from)}>${String(to)} ${describe(message)}`))
  }

  disk(nodeId: NodeId, { operation, path, error }: DiskEvent): void {
    this.#begin()
    this.#hash.text(operation)
    this.#hash.number(nodeId)
    this.#hash.text(path)
    if (error !== undefined) this.#hash.text(error)
    this.#print?.(this.#line(nodeId, `disk ${operation} ${path}${error === undefined ? '' : ` ${error}`}`))
  }

  #begin(): void {
    this.#count += 1
    this.#hash.number(this.#clock.nowUs)
  }

  #hashMessage(message: PeerMessage): void {
    if (message.kind === 'raft') {
      const { type, term, index, logTerm, commit, entries, reject } = message.message
      this.#hash.text(type)
      this.#hash.number(term)
      this.#hash.number(index)
      this.#hash.number(logTerm)
      this.#hash.number(commit)
      this.#hash.number(entries.length)
      this.#hash.number(reject ? 1 : 0)
    } else {
      this.#hash.text(message.kind)
      this.#hash.number(message.transfer.checksum)
      this.#hash.number(message.kind === 'snapshot-chunk' ? message.offset : message.receivedBytes)
    }
  }

  #line(nodeId: NodeId, what: string): string {
    const time = this.#clock.monotonicMs().toFixed(3).padStart(12)
    return `${time} ms  ${nodeId === 0 ? 'group' : `node ${String(nodeId)}`}  ${what}`
  }
}

function describe(peerMessage: PeerMessage): string {
  if (peerMessage.kind === 'snapshot-chunk') return `snapshot bytes from ${String(peerMessage.offset)}`
  if (peerMessage.kind === 'snapshot-progress') return `has ${String(peerMessage.receivedBytes)} snapshot bytes`
  const { type, term, index, logTerm, commit, entries, reject } = peerMessage.message
  const numbers = [`term ${String(term)}`, `index ${String(index)}/${String(logTerm)}`, `commit ${String(commit)}`]
  if (entries.length > 0) numbers.push(`${String(entries.length)} entries`)
  if (reject) numbers.push('rejected')
  return `${type} ${numbers.join(', ')}`
}
