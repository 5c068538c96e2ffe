import { SandboxError } from '../../base/sandbox-error'

/** Why a native package does not load, as far as the loader's words tell. Screens say it in their own language. */
export type LoadProblem =
  | { readonly problem: 'missing-library'; readonly library: string; readonly debianPackage: string | null }
  | { readonly problem: 'not-installed'; readonly platform: string }
  | { readonly problem: 'other' }

/** System libraries that are not on every machine, and the Debian package that brings them. */
const debianPackages: Readonly<Record<string, string>> = { 'libatomic.so.1': 'libatomic1' }

/**
 * Loads a native package when it is first needed, not when the program starts: without it the program runs and says what is
 * missing.
 *
 * @throws SandboxError ENGINE_NOT_AVAILABLE with a sentence that names the way out where it is known; its details hold
 *   the {@link LoadProblem} and the loader's own words
 */
export async function loadBinding<T>(packageName: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (cause) {
    const words = messagesOf(cause).join(': ')
    const problem = problemIn(words)
    const message = `The package ${packageName} does not load: ${sentenceFor(problem)}`
    throw new SandboxError('ENGINE_NOT_AVAILABLE', message, {
      details: { package: packageName, ...problem, words },
      cause,
    })
  }
}

function problemIn(words: string): LoadProblem {
  const library = /(lib[\w.+-]+\.so[\d.]*): cannot open shared object file/.exec(words)?.[1]
  if (library !== undefined) {
    return { problem: 'missing-library', library, debianPackage: debianPackages[library] ?? null }
  }
  if (/Cannot find (?:addon|module|package)|No native build was found/.test(words)) {
    return { problem: 'not-installed', platform: `${process.platform}-${process.arch}` }
  }
  return { problem: 'other' }
}

function sentenceFor(problem: LoadProblem): string {
  switch (problem.problem) {
    case 'missing-library':
      return problem.debianPackage === null
        ? `the system library ${problem.library} is missing. Install the system package that holds it, then start again.`
        : `the system library ${problem.library} is missing. On Debian and Ubuntu install it with "sudo apt-get install ${problem.debianPackage}", then start again.`
    case 'not-installed':
      return `it is not installed, or has no build for ${problem.platform}. Run "npm ci" and start again.`
    case 'other':
      return 'the details hold the words of the loader. "npm ci" gets a fresh copy of the package.'
  }
}

/** The message of an error and of what caused it, outermost first. Loaders wrap the linker's words once or twice. */
function messagesOf(thrown: unknown): readonly string[] {
  const messages: string[] = []
  for (let current: unknown = thrown; current !== undefined && messages.length < 5;) {
    messages.push(current instanceof Error ? current.message : String(current))
    current = current instanceof Error ? current.cause : undefined
  }
  return messages
}
