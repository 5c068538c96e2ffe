import { pathSegments, joinPath } from '../disk-path'
import type { StoredNode } from './stored-directory'
import { NameJournal, StoredDirectory } from './stored-directory'
import { StoredFile } from './stored-file'

/** Where a name stands, whether or not something has it. */
export interface TreeSlot {
  readonly directory: StoredDirectory
  readonly name: string
}

/** All files and directories of a simulated disk, from its root. Paths are normalized. */
export class StoredTree {
  readonly root = new StoredDirectory()
  readonly journal = new NameJournal()

  /** What is seen at the path. */
  find(path: string): StoredNode | undefined {
    let node: StoredNode | undefined = this.root
    for (const name of pathSegments(path)) {
      if (node?.kind !== 'directory') return undefined
      node = node.entries.get(name)
    }
    return node
  }

  /** What a crash is sure to leave at the path. */
  findDurable(path: string): StoredNode | undefined {
    let node: StoredNode | undefined = this.root
    for (const name of pathSegments(path)) {
      if (node?.kind !== 'directory') return undefined
      node = node.durableEntries.get(name)
    }
    return node
  }

  /** The directory that holds, or would hold, the path; undefined where there is none and for the root, which has no name. */
  slot(path: string): TreeSlot | undefined {
    const segments = pathSegments(path)
    const name = segments.at(-1)
    if (name === undefined) return undefined
    let directory: StoredNode | undefined = this.root
    for (const segment of segments.slice(0, -1)) {
      directory = directory.entries.get(segment)
      if (directory?.kind !== 'directory') return undefined
    }
    return { directory, name }
  }

  /** Every file below the root by its path: as seen, or as a crash is sure to leave it. */
  files(which: 'visible' | 'durable'): Map<string, Uint8Array> {
    const found = new Map<string, Uint8Array>()
    const visit = (directory: StoredDirectory, path: string): void => {
      for (const [name, node] of which === 'visible' ? directory.entries : directory.durableEntries) {
        const nodePath = joinPath(path, name)
        if (node.kind === 'directory') visit(node, nodePath)
        else found.set(nodePath, node[which].read(0, node[which].size))
      }
    }
    visit(this.root, '/')
    return found
  }

  /** The files that are seen below a node, itself included. */
  *filesBelow(node: StoredNode): Generator<StoredFile> {
    if (node instanceof StoredFile) yield node
    else for (const entry of node.entries.values()) yield* this.filesBelow(entry)
  }
}
