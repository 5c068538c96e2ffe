import type { KeyView } from '../../../src-main/client/views/key-view'
import type { Entity } from '../navigation/entity'

/** One line of the inspector: a name, and what it has for a value. */
export interface InspectorField {
  readonly term: string
  readonly text?: string
  /** Ids, paths and figures. */
  readonly exact?: boolean
  readonly entities?: readonly Entity[]
  readonly key?: { readonly view: KeyView; readonly end: 'start' | 'end' }
  readonly tone?: 'alarm' | 'person'
}
