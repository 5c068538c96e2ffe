import { Boxes, ChartLine, Database, KeyRound, Layers, Network, Play, Route, Table2 } from '@lucide/vue'
import type { Component } from 'vue'
import type { RouteRecordRaw } from 'vue-router'

/** A screen of the activity bar. */
export interface Screen {
  readonly name: string
  readonly path: string
  readonly icon: Component
  /** Key of its title. */
  readonly title:
    | 'start.title'
    | 'cluster.title'
    | 'tables.title'
    | 'regions.title'
    | 'keyspace.title'
    | 'engine.title'
    | 'metrics.title'
    | 'flow.title'
  /** Whether it shows nothing without a cluster. */
  readonly needsCluster: boolean
}

/** The screens in the order of the activity bar; Ctrl+1.. in the same order. */
export const screens: readonly Screen[] = [
  { name: 'start', path: '/start', icon: Play, title: 'start.title', needsCluster: false },
  { name: 'cluster', path: '/cluster', icon: Network, title: 'cluster.title', needsCluster: true },
  { name: 'tables', path: '/tables', icon: Table2, title: 'tables.title', needsCluster: true },
  { name: 'regions', path: '/regions', icon: Boxes, title: 'regions.title', needsCluster: true },
  { name: 'keyspace', path: '/keyspace', icon: KeyRound, title: 'keyspace.title', needsCluster: true },
  { name: 'flow', path: '/flow', icon: Route, title: 'flow.title', needsCluster: true },
  { name: 'engine', path: '/engine', icon: Layers, title: 'engine.title', needsCluster: true },
  { name: 'metrics', path: '/metrics', icon: ChartLine, title: 'metrics.title', needsCluster: true },
]

/** The icon of what is about the program itself. */
export const systemIcon: Component = Database

/**
 * Every address. A tab of the shell is an address; what is chosen on a screen is in its query (`tab`, `store`, `entry`, `key`,
 * `filter` …), and what the inspector shows is in `inspect`, so that back, forward and a pasted link bring it all back.
 */
export const routes: RouteRecordRaw[] = [
  { path: '/', redirect: '/start' },
  { path: '/start', name: 'start', component: () => import('../../features/start/StartScreen.vue') },
  { path: '/cluster', name: 'cluster', component: () => import('../../features/cluster/ClusterScreen.vue') },
  { path: '/tables', name: 'tables', component: () => import('../../features/tables/TablesScreen.vue') },
  { path: '/tables/new', name: 'table-new', component: () => import('../../features/tables/TablesScreen.vue') },
  { path: '/tables/:tableId(\\d+)', name: 'table', component: () => import('../../features/tables/TablesScreen.vue') },
  { path: '/regions', name: 'regions', component: () => import('../../features/regions/RegionsScreen.vue') },
  {
    path: '/regions/:regionId(\\d+)',
    name: 'region',
    component: () => import('../../features/region/RegionScreen.vue'),
  },
  { path: '/keyspace', name: 'keyspace', component: () => import('../../features/keyspace/KeyspaceScreen.vue') },
  { path: '/flow', name: 'flow', component: () => import('../../features/flow/FlowScreen.vue') },
  { path: '/engine', name: 'engine', component: () => import('../../features/engine/EngineScreen.vue') },
  { path: '/metrics', name: 'metrics', component: () => import('../../features/metrics/MetricsScreen.vue') },
  { path: '/system', name: 'system', component: () => import('../../features/welcome/WelcomeScreen.vue') },
  { path: '/:rest(.*)*', redirect: '/start' },
]
