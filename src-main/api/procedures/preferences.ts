import { z } from 'zod'
import { languagePreferences, themePreferences } from '../../sandbox/preferences'
import { procedure, router } from '../trpc'

const change = z.strictObject({
  theme: z.enum(themePreferences).exactOptional(),
  language: z.enum(languagePreferences).exactOptional(),
})

export const preferencesRouter = router({
  /** Takes over the given choices and answers with all of them; every window learns of it by the topic `preferences`. */
  change: procedure.input(change).mutation(({ ctx, input }) => ctx.sandbox.preferences.change(input)),
})
