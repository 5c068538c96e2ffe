/** What {@link Disk.open} may do with the path. */
export interface OpenOptions {
  /** `open`: must exist. `create`: must not exist. `open-or-create`: either. */
  readonly mode: 'open' | 'create' | 'open-or-create'
  /** Refuse writes, truncations and syncs (INVALID_ARGUMENT). With the mode `open` only. Default false. */
  readonly readOnly?: boolean
}

/** One entry of a directory. */
export interface DirectoryEntry {
  readonly name: string
  readonly kind: 'file' | 'directory'
}

/** What is known of a path. */
export interface FileStatus {
  readonly kind: 'file' | 'directory'
  /** Length in bytes; 0 for a directory. */
  readonly size: number
}

/** How much room a file system has, in bytes. */
export interface DiskCapacity {
  readonly totalBytes: number
  /** What this process may still write; less than what is unused where some of it is kept for the superuser. */
  readonly freeBytes: number
}

/**
 * An open file. Positions and lengths are bytes. Written bytes are visible to every reader at once, but survive a crash
 * of the machine only after a {@link sync} that began after the write had resolved. Operations may run side by side;
 * overlapping writes without awaiting leave either's bytes.
 */
export interface DiskFile {
  readonly path: string
  /** Reads up to `length` bytes; fewer only at the end of the file. The array is the caller's own. */
  read(position: number, length: number): Promise<Uint8Array>
  /** Writes all bytes at `position`; a gap before it reads as zeros. The bytes must stay unchanged until it resolves. */
  write(position: number, bytes: Uint8Array): Promise<void>
  /** Writes the arrays one behind the other at `position`, in one operation where the system can. */
  writeMany(position: number, parts: readonly Uint8Array[]): Promise<void>
  /** Writes all bytes at `position` and makes them durable, with the length that they give the file: in one operation where the system can, which is quicker than {@link write} and {@link sync}. Says nothing of earlier writes. The bytes must stay unchanged until it resolves. After a failure what is durable is unknown. */
  writeDurably(position: number, bytes: Uint8Array): Promise<void>
  /** Cuts or extends (with zeros) to `size` bytes. Durable after the next sync. */
  truncate(size: number): Promise<void>
  /** Makes the file's bytes and length durable (fdatasync). Its name is durable only after the directory's own sync. After a failed sync what is durable is unknown: the caller must not go on as if a later success covered it. */
  sync(): Promise<void>
  /** Length in bytes, unsynced bytes included. */
  size(): Promise<number>
  /** Lets go of the handle; does not sync. Twice is harmless. */
  close(): Promise<void>
}

/** A held lock of a directory; see {@link Disk.lock}. */
export interface DiskLock {
  release(): Promise<void>
}

/**
 * Where bytes are kept. Paths are absolute with `/` as separator on every system, without `.`, `..` and backslashes
 * (INVALID_ARGUMENT). A file where a directory is needed counts as no such directory. Names (create, rename, remove, new
 * directories) are durable only after {@link syncDirectory} of the directory that holds them. Every failure is a
 * SandboxError with a DISK_* code that names the operation and the path.
 */
export interface Disk {
  /** @throws SandboxError DISK_NOT_FOUND, DISK_ALREADY_EXISTS, DISK_IO (also for a directory) */
  open(path: string, options: OpenOptions): Promise<DiskFile>
  /**
   * Moves a file or directory, replacing a file at the target in one step if it moves a file. Where a directory is replaced
   * or would replace: DISK_ALREADY_EXISTS; into itself: INVALID_ARGUMENT.
   */
  rename(from: string, to: string): Promise<void>
  /** Removes a file or a directory with all that is in it; DISK_NOT_FOUND if there is none. */
  remove(path: string): Promise<void>
  /** The entries of a directory in byte order of their names; DISK_NOT_FOUND if there is no such directory. */
  list(path: string): Promise<readonly DirectoryEntry[]>
  /** Makes the directory and all above it; existing ones are fine, a file in the way is DISK_ALREADY_EXISTS. See makeDurableDirectory. */
  makeDirectory(path: string): Promise<void>
  /** Undefined if there is nothing at the path. */
  status(path: string): Promise<FileStatus | undefined>
  /** The room of the file system that holds the path; undefined where no limit is known. DISK_NOT_FOUND if there is nothing at the path. */
  capacity(path: string): Promise<DiskCapacity | undefined>
  /** Makes the names in a directory durable. */
  syncDirectory(path: string): Promise<void>
  /** Reads a whole file. */
  readFile(path: string): Promise<Uint8Array>
  /** Replaces a file so that a crash leaves the old bytes or the new ones, never a mixture: temporary file, sync, rename, directory sync. A crash can leave `<name>.replacing` behind; the next replacement uses it. */
  replaceFile(path: string, bytes: Uint8Array): Promise<void>
  /** Takes the directory for this holder until released or the holder dies, against other holders in this process and in others. @throws SandboxError DISK_LOCKED, naming the holder where it is known */
  lock(directory: string): Promise<DiskLock>
}
