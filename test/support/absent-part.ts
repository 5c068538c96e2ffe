import { SandboxError } from '../../src-main/base/sandbox-error'

/**
 * Stands for a part of the sandbox that a test does not look at: whatever is called on it is refused with
 * SESSION_NOT_RUNNING; listening to it hears nothing.
 */
export function absentPart<Part extends object>(values: Partial<Part> = {}): Part {
  return new Proxy(values, {
    get: (target, name) => {
      if (name in target) return target[name as keyof Part]
      if (String(name).startsWith('on')) return () => () => undefined
      return () => {
        throw new SandboxError('SESSION_NOT_RUNNING', 'No cluster is open in this program: open one first.')
      }
    },
  }) as Part
}
