import type { en } from './en'

/** The shape of another language's texts: a text that is missing or misspelt does not compile. */
export type Texts<T> = { readonly [Key in keyof T]: T[Key] extends string ? string : Texts<T[Key]> }

/** The shape of all texts: a language that lacks one does not compile. */
export type Messages = Texts<typeof en>

declare module 'vue-i18n' {
  // Lets `t` know every key, so that a misspelt one does not compile. Only an interface can be added to from outside.
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type
  export interface DefineLocaleMessage extends Messages {}
}
