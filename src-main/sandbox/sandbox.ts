import type { InspectionViews, KeyspaceViews, TableViews } from '../client/views/cluster-views'
import type { MetricsHistory, MetricsSample } from '../client/views/metrics'
import type { ClusterOverview } from '../client/views/overview'
import type { Env } from '../env'
import type { Lessons } from './lessons/lesson-desk'
import type { ProgramLog } from './log/program-log'
import type { PreferenceStore } from './preferences'
import type { HostKind, RuntimeDescription } from './program'
import type { RawEngineRegistry } from './raw-engine-registry'
import type { ClusterSession } from './session/cluster-session'
import type { SteppingControl } from './stepping/stepping-control'

/** Figures of the cluster that is open and of the program itself, sample by sample. */
export interface MetricsRecorder {
  history(): MetricsHistory
  onSample(listener: (sample: MetricsSample) => void): () => void
}

/** Looks at the cluster again and again while anybody listens, and tells when something differs. */
export interface OverviewWatch {
  /** @returns stops it */
  onOverview(listener: (overview: ClusterOverview) => void): () => void
}

/** What the screens show of the cluster that is open. */
export interface SandboxViews {
  readonly inspection: InspectionViews
  readonly tables: TableViews
  readonly keyspace: KeyspaceViews
  readonly metrics: MetricsRecorder
  readonly overviewWatch: OverviewWatch
}

/** The opened program behind the screens: its cluster, its engines, its preferences. */
export interface Sandbox {
  readonly env: Env
  readonly host: HostKind
  readonly runtime: RuntimeDescription
  readonly engines: RawEngineRegistry
  readonly preferences: PreferenceStore
  readonly log: ProgramLog
  readonly session: ClusterSession
  readonly views: SandboxViews
  readonly stepping: SteppingControl
  readonly lessons: Lessons
  /** Ends the cluster in order and lets go of its workspace. Twice is harmless. */
  close(): Promise<void>
}
