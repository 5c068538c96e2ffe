import { createPinia } from 'pinia'
import { createApp, watch } from 'vue'
import { languagePreferences, themePreferences } from './preference-choices'
import { createRouter, createWebHashHistory } from 'vue-router'
import App from './App.vue'
import { createTranslator, resolveLanguage } from './i18n/i18n'
import { routes } from './navigation/screens'
import { ThemeSwitch } from './theme'
import { useConnectionStore } from '../data/connection-store'
import { createDoorClient, doorClientKey } from '../data/door-client'
import { usePreferencesStore } from '../data/preferences-store'
import '../ui/tokens.css'
import '../ui/base.css'

const root = document.documentElement

const app = createApp(App)
app.use(createPinia())
// A path would be asked of the host, which serves files: addresses stay behind the #.
app.use(createRouter({ history: createWebHashHistory(), routes }))
app.provide(doorClientKey, createDoorClient())

// Until the host has answered, what it wrote into the page holds (src-main/api/index-page.ts).
const preferences = app.runWithContext(usePreferencesStore)
preferences.receive({
  theme: themePreferences.find((known) => known === root.dataset['theme']) ?? 'system',
  language: languagePreferences.find((known) => known === root.dataset['language']) ?? 'system',
})

const themeSwitch = new ThemeSwitch(root, matchMedia('(prefers-color-scheme: dark)'), preferences.theme)
watch(
  () => preferences.theme,
  (theme) => themeSwitch.prefer(theme),
)

const translator = createTranslator('en')
app.use(translator)
watch(
  () => resolveLanguage(preferences.language, window.navigator.languages),
  (language) => {
    translator.global.locale.value = language
    root.lang = language
  },
  { immediate: true },
)

void app.runWithContext(useConnectionStore).connect()
app.mount('#app')
