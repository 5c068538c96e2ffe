/** See project-build.mjs. Throws an error with a `sentence` when the build fails. */
export function buildWhenStale(
  projectDir: string,
  options: { readonly say: (sentence: string) => void; readonly onlyIfMissing?: boolean },
): Promise<boolean>

/** Forgets what `out/` was built from, for those who are about to put something else there. */
export function forgetBuild(projectDir: string): void
