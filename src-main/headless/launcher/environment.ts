/** The environment variables that the launcher itself reads; docs/launcher.md explains them to people. */
export const launcherVariables = {
  /** Electron's executable: used as it is. */
  executable: 'ELECTRON_EXEC_PATH',
  /** A directory with an unpacked Electron: the executable in it is used. */
  distribution: 'ELECTRON_OVERRIDE_DIST_PATH',
  /** Electron's own switch: a value means that it must not download. */
  skipDownload: 'ELECTRON_SKIP_BINARY_DOWNLOAD',
  /** `off` forbids fetching and using the carried runtime. */
  carriedRuntime: 'DINGO_SANDBOX_CARRIED_RUNTIME',
  /** `yes` forgets that a download was refused lately. */
  retryDownload: 'DINGO_SANDBOX_RETRY_DOWNLOAD',
  /** Where runtimes are kept, instead of the operating system's cache directory. */
  cacheDir: 'DINGO_SANDBOX_CACHE_DIR',
} as const
