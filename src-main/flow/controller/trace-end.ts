import type { SerializedSandboxError } from '../../base/sandbox-error'
import type { StageEvent } from '../stage-event'
import type { StageName } from '../stages'

/** How an operation ended. */
export interface TraceEnd {
  /** Wall time in ms. */
  readonly atMs: number
  readonly error: SerializedSandboxError | undefined
}

/** A store begins with a command for a region. */
const begins: ReadonlySet<StageName> = new Set<StageName>(['region.validateCreate', 'region.validateDestroy'])
/** A store is done with one. */
const ends: ReadonlySet<StageName> = new Set<StageName>(['region.reportLeader', 'region.reportDeleted'])

/**
 * Tells by its stages when an operation ended whose client is not in this program: a call when its last answer left, with the
 * error if that tells one; a creation or drop when each store has carried out what the coordinators committed for it to do for
 * each region, or when they refused it.
 */
export class TraceEndWatch {
  /** Commands to stores that were heard of: `<store> <region>`. */
  readonly #commands = new Set<string>()
  /** How many were committed; 0 until that is heard of. A store that is away or busy is told of its own later. */
  #committed = 0
  /** Those of them that are carried out, and when the last one was: wall time in ms. */
  readonly #carriedOut = new Set<string>()
  #lastAtMs = -Infinity
  #end: TraceEnd | undefined

  /** Undefined while it is under way. */
  get end(): TraceEnd | undefined {
    return this.#end
  }

  /**
   * Takes a stage, or its later state. Those of several nodes may come in any order.
   *
   * @param isHeld whether the stage only stands there now: then it is not passed yet
   */
  add({ stage, nodeId, peerId, regionId, endedAtMs, cause, error }: StageEvent, isHeld: boolean): void {
    if (stage === 'service.respond') {
      // One that does not lead refuses, and is asked first: the last answer counts, in whatever order they are heard of.
      if (!isHeld && endedAtMs >= (this.#end?.atMs ?? -Infinity)) this.#end = { atMs: endedAtMs, error }
    } else if (stage === 'coordinator.commitMeta') {
      const { commands } = cause.parameters
      if (error !== undefined) this.#end = { atMs: endedAtMs, error }
      else if (typeof commands === 'number') {
        this.#committed = commands
        this.#lastAtMs = Math.max(this.#lastAtMs, endedAtMs)
        this.#settle()
      }
    } else if (stage === 'coordinator.pushRegionCmd') {
      this.#commands.add(commandOf(peerId, cause.parameters['regionId']))
      this.#settle()
    } else if (begins.has(stage) || ends.has(stage)) {
      const command = commandOf(nodeId, regionId)
      this.#commands.add(command)
      if (ends.has(stage) && error !== undefined) this.#carriedOut.delete(command)
      else if (ends.has(stage) && !isHeld) {
        this.#carriedOut.add(command)
        this.#lastAtMs = Math.max(this.#lastAtMs, endedAtMs)
      }
      this.#settle()
    }
  }

  #settle(): void {
    const isDone = this.#carriedOut.size === this.#commands.size && this.#carriedOut.size >= this.#committed
    this.#end = isDone ? { atMs: this.#lastAtMs, error: undefined } : undefined
  }
}

const commandOf = (storeId: unknown, regionId: unknown) => `${String(storeId)} ${String(regionId)}`
