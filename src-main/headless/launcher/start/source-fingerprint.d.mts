/** Everything that goes into a build, relative to the project. */
export const BUILD_INPUTS: readonly string[]

/** See source-fingerprint.mjs. */
export function sourceFingerprint(projectDir: string, inputs?: readonly string[]): string
