/** The words of this screen, in English. */
export const en = {
  title: 'Region',
}
