/** A failure that the person can mend: the sentence says what is wrong and names the command, so no stack is shown. */
export class SentenceError extends Error {
  /** @param {string} sentence */
  constructor(sentence) {
    super(sentence)
    this.sentence = sentence
  }
}
