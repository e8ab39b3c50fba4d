/** VitePress' own theme, with the live demo as a component of the first page. */
import DefaultTheme from 'vitepress/theme'
import LiveDemo from './LiveDemo.vue'

export default {
  extends: DefaultTheme,
  enhanceApp: ({ app }) => app.component('LiveDemo', LiveDemo),
}
