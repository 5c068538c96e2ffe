/**
 * A lint rule for what Chrome 114 (Electron 25) lacks in style sheets and the build does not lower. It reads the text, so
 * that it serves `.css` files and the style blocks of components alike; a comment is passed over.
 */
const LACKING = [
  { pattern: /\blight-dark\s*\(/g, name: 'light-dark()' },
  { pattern: /@starting-style\b/g, name: '@starting-style' },
  { pattern: /\bsubgrid\b/g, name: 'subgrid' },
  {
    pattern: /\banchor(?:-size)?\s*\(|\banchor-(?:name|scope)\s*:|\bposition-(?:anchor|area|try)\b|@position-try\b/g,
    name: 'anchor positioning',
  },
  { pattern: /\bfield-sizing\s*:/g, name: 'field-sizing' },
  { pattern: /\btransition-behavior\s*:/g, name: 'transition-behavior' },
  { pattern: /@scope\b/g, name: '@scope' },
]

const withoutComments = (text) => text.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '))

/** Of a component only the style blocks are style sheets; positions stay as they are. */
const styleSheetOf = (fileName, text) => (fileName.endsWith('.css') ? text : keepOnlyStyleBlocks(text))

function keepOnlyStyleBlocks(text) {
  let kept = ''
  let position = 0
  for (const block of text.matchAll(/<style[^>]*>([\s\S]*?)<\/style>/g)) {
    kept += text.slice(position, block.index).replace(/[^\n]/g, ' ') + block[0]
    position = block.index + block[0].length
  }
  return kept
}

const rule = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { lacking: 'Chrome 114 lacks {{name}}, and the build does not lower it.' },
  },
  create(context) {
    const check = () => {
      const { sourceCode } = context
      const text = withoutComments(styleSheetOf(context.filename, sourceCode.text))
      for (const { pattern, name } of LACKING) {
        for (const match of text.matchAll(pattern)) {
          context.report({
            loc: {
              start: sourceCode.getLocFromIndex(match.index),
              end: sourceCode.getLocFromIndex(match.index + match[0].length),
            },
            messageId: 'lacking',
            data: { name },
          })
        }
      }
    }
    return context.filename.endsWith('.css') ? { StyleSheet: check } : { Program: check }
  },
}

export default { rules: { 'chrome-114-css': rule } }
