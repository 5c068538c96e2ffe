/** How an element is scrolled. */
export interface ScrollWay {
  readonly frames: number
  readonly stepPx: number
  /** Frames from one step to the next. */
  readonly everyFrames: number
  /** Set in the trace in each frame. */
  readonly mark: string
}

/** Runs in the page. Scrolls an element from its top, and tells how long each frame took, in ms. */
export function scrollFrames(element: unknown, way: ScrollWay): Promise<number[]>
