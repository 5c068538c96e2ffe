import { EventList, NO_EVENT } from './event-list'
import { illegal, unknownOutput } from './model'
import type { Model } from './model'
import type { Operation } from './operation'
import { OperationSet } from './operation-set'
import { VisitedConfigurations } from './visited-configurations'

/** What ended a search before it had an answer. */
export type SearchLimit = 'time' | 'memory'

/** What a search found. */
export type SearchResult<Input, Output> = {
  /** The whole order; where there is none, or none was found in time, the longest prefix. */
  readonly order: ReadonlyArray<Operation<Input, Output>>
} & (
  | { readonly verdict: 'linearizable' }
  | { readonly verdict: 'not-linearizable'; readonly blocked: Operation<Input, Output> }
  | { readonly verdict: 'unknown'; readonly limit: SearchLimit }
)

/** Asked from time to time whether the search must end; gets what the search holds in memory, in bytes. */
export type LimitCheck = (memoryBytes: number) => SearchLimit | undefined

/** Steps between two looks at the limits: some tenths of a millisecond, while asking a clock each time would cost more. */
const STEPS_BETWEEN_CHECKS = 1024

/**
 * In which order operations are tried. A reader that can be placed is placed for good. An open operation comes last: the
 * ways with fewest of them spare the others, and the readers that it would have to please are gone by then.
 */
const Rank = { reader: 0, writer: 1, open: 2 } as const

/**
 * Searches an order of the operations of one partition that keeps to real time and that the model accepts. The idea is
 * that of Wing and Gong's algorithm with Lowe's cache, as in Porcupine: of the operations that were called before the
 * first return still in the list, one must take effect next; each is tried in turn, a way that ends is taken back step by
 * step, and a configuration that was seen before is not entered again.
 *
 * Three kinds of ways are left out because another way does as well, with the same operations placed or more of them to
 * spare: those that postpone a reader which can be placed now, those on which an open operation changes nothing, and
 * those on which the operation right behind an open one hides all of its effect.
 */
export class PartitionSearch<State, Input, Output> {
  private readonly model: Model<State, Input, Output>
  /** Open operations first, as {@link OperationSet} wants them; their index is their number. */
  private readonly operations: ReadonlyArray<Operation<Input, Output>>
  private readonly ranks: readonly number[]
  private readonly events: EventList
  private readonly placed: OperationSet
  private readonly visited: VisitedConfigurations<State>
  /** The operations placed so far, in their order, and for each the state before it. */
  private readonly order: number[] = []
  private readonly statesBefore: State[] = []
  private state: State
  /** The best dead end so far: its way, the return it could not pass, and how many completed operations were left. */
  private furthest: readonly number[] = []
  private furthestReturn = NO_EVENT
  private furthestRemaining = 0

  constructor(model: Model<State, Input, Output>, operations: ReadonlyArray<Operation<Input, Output>>) {
    const inOrderOfCalls = [...operations].sort((left, right) => left.calledAt - right.calledAt)
    const open = inOrderOfCalls.filter(({ outcome }) => outcome === 'unknown')
    const completed = inOrderOfCalls.filter(({ outcome }) => outcome === 'known')
    this.model = model
    this.operations = [...open, ...completed]
    this.ranks = this.operations.map((operation) => {
      if (operation.outcome === 'unknown') return Rank.open
      return model.readsOnly?.(operation.input, operation.output) === true ? Rank.reader : Rank.writer
    })
    this.events = new EventList(this.operations)
    this.placed = new OperationSet(open.length, completed.length)
    this.visited = new VisitedConfigurations(model)
    this.state = model.init()
  }

  /** Searches until there is an answer or a limit is met. Once only. */
  run(limitMet: LimitCheck): SearchResult<Input, Output> {
    let event = this.events.first()
    let rank: number = Rank.reader
    // Open operations may stay unplaced: they never took effect.
    for (let step = 1; this.events.completedCount > 0; step += 1) {
      if (step % STEPS_BETWEEN_CHECKS === 0) {
        const limit = limitMet(this.visited.sizeBytes)
        if (limit !== undefined) {
          this.noteDeadEnd(this.firstReturn())
          return { verdict: 'unknown', order: this.furthest.map(this.operation), limit }
        }
      }
      const number = this.events.operationOf(event)
      if (!this.events.isReturn(event)) {
        const isPlaced = this.ranks[number] === rank && this.tryToPlace(number)
        event = isPlaced ? this.events.first() : this.events.after(event)
        if (isPlaced) rank = Rank.reader
        continue
      }
      if (rank < Rank.open) {
        rank += 1
        event = this.events.first()
        continue
      }
      // The operation that returns here had to take effect before, and every operation that could has been tried.
      this.noteDeadEnd(event)
      const choice = this.backToChoice()
      if (choice === undefined) {
        const blocked = this.operation(this.events.operationOf(this.furthestReturn))
        return { verdict: 'not-linearizable', order: this.furthest.map(this.operation), blocked }
      }
      rank = this.ranks[choice] ?? Rank.open
      event = this.events.after(this.events.callOf(choice))
    }
    return { verdict: 'linearizable', order: this.order.map(this.operation) }
  }

  private readonly operation = (number: number) => this.operations[number] as Operation<Input, Output>

  /** Lets an operation take effect now, if the model allows it and that leads to a configuration not seen before. */
  private tryToPlace(number: number): boolean {
    const operation = this.operation(number)
    const next = this.stateAfter(this.state, operation)
    if (next === illegal) return false
    // As good as an open operation that never took effect.
    if (operation.outcome === 'unknown' && this.model.equal(next, this.state)) return false
    if (this.hidesEffectBefore(operation, next)) return false
    this.placed.toggle(number)
    if (!this.visited.add(this.placed, next)) {
      this.placed.toggle(number)
      return false
    }
    this.order.push(number)
    this.statesBefore.push(this.state)
    this.state = next
    this.events.remove(number)
    return true
  }

  private stateAfter(state: State, operation: Operation<Input, Output>): State | typeof illegal {
    return this.model.step(state, operation.input, operation.outcome === 'known' ? operation.output : unknownOutput)
  }

  /** Whether the operation placed last is an open one that makes no difference to the state after this operation. */
  private hidesEffectBefore(operation: Operation<Input, Output>, next: State): boolean {
    const last = this.order.length - 1
    const previous = this.order[last]
    if (previous === undefined || this.operation(previous).outcome === 'known') return false
    const without = this.stateAfter(this.statesBefore[last] as State, operation)
    return without !== illegal && this.model.equal(without, next)
  }

  /**
   * Takes placements back to the newest that was a choice, that one too, and gives it; undefined if none was. A reader was
   * none: whatever comes after it is no worse than what would come without it.
   */
  private backToChoice(): number | undefined {
    for (let number = this.order.pop(); number !== undefined; number = this.order.pop()) {
      this.state = this.statesBefore.pop() as State
      this.placed.toggle(number)
      this.events.restore(number)
      if (this.ranks[number] !== Rank.reader) return number
    }
    return undefined
  }

  private firstReturn(): number {
    let event = this.events.first()
    while (!this.events.isReturn(event)) event = this.events.after(event)
    return event
  }

  /** Keeps this way if it came further in the history than all before, or as far with more operations placed. */
  private noteDeadEnd(returnEvent: number): void {
    const remaining = this.events.completedCount
    if (returnEvent < this.furthestReturn) return
    if (returnEvent === this.furthestReturn && remaining >= this.furthestRemaining) return
    this.furthest = [...this.order]
    this.furthestReturn = returnEvent
    this.furthestRemaining = remaining
  }
}
