import type { SerializedSandboxError } from '../../base/sandbox-error'
import type { FlowCommand, FlowReport } from '../../flow/flow-messages'
import type { LinkRule } from './node-link'
import type { StopOptions } from './mountable-node'
import type { NodeConfig } from './node-config'
import type { NodeStartPhases, NodeStatus } from './node-status'

/** What a host tells a node in another thread or process. Plain data. */
export type HostMessage =
  | { readonly kind: 'start'; readonly config: NodeConfig; readonly links: readonly LinkRule[] }
  | { readonly kind: 'stop'; readonly options: StopOptions }
  | { readonly kind: 'kill' }
  /** Pause, and take nothing but a kill before the node is resumed. */
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' }
  | { readonly kind: 'set-link'; readonly question: number; readonly rule: LinkRule }
  | { readonly kind: 'status'; readonly question: number }
  | { readonly kind: 'flow'; readonly question: number; readonly command: FlowCommand }

/** What a node in another thread or process tells its host. Plain data. */
export type NodeMessage =
  | { readonly kind: 'started'; readonly phases: NodeStartPhases }
  /** It did not come up, and everything is closed. */
  | { readonly kind: 'start-failed'; readonly error: SerializedSandboxError }
  | { readonly kind: 'failure'; readonly error: SerializedSandboxError }
  | { readonly kind: 'warning'; readonly error: SerializedSandboxError }
  | { readonly kind: 'flow'; readonly report: FlowReport }
  /** It is paused. */
  | { readonly kind: 'paused' }
  /** A kill has taken effect. */
  | { readonly kind: 'silent' }
  /** Everything is closed: the process, or the thread when nobody else is in it, may be ended. */
  | { readonly kind: 'gone'; readonly error: SerializedSandboxError | undefined }
  | { readonly kind: 'answer'; readonly question: number; readonly status: NodeStatus | undefined }
  | { readonly kind: 'refusal'; readonly question: number; readonly error: SerializedSandboxError }
