/**
 * Turns a Buffer that a binding gave into a plain array, in place. The memory is JavaScript's own already, so nothing needs
 * copying; but a Buffer's `slice` shares memory where every other array's copies, which nobody above should have to think of.
 * A view of the same memory would do too, at three times the cost, which scans feel.
 */
export function plainBytes(buffer: Uint8Array): Uint8Array {
  return Object.setPrototypeOf(buffer, Uint8Array.prototype) as Uint8Array
}
