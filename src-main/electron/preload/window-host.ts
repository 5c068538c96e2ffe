/** What the preload script puts on a page of the window as `window.sandboxWindow`. Absent in a browser. */
export interface WindowHost {
  readonly kind: 'electron'
}
