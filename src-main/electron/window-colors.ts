/** What the window shows before its page has painted: the `--color-canvas` of src-renderer/ui/tokens.css in each theme. */
export const canvasColors = { light: '#f7f7f8', dark: '#131417' } as const
