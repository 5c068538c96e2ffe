/** What every raw engine takes, whatever the library below could do, so that data moves freely between engines. */
export const rawEngineLimits = {
  /** Longest key in bytes. */
  maxKeyBytes: 64 * 1024,
  /** Longest value in bytes. */
  maxValueBytes: 64 * 1024 * 1024,
  /** Most column families of one engine, `default` included. */
  maxColumnFamilies: 128,
} as const
