/** The origin comes at run time, as NUXT_PUBLIC_ORIGIN. */
export default {
  compatibilityDate: '2026-04-01',
  telemetry: false,
  devtools: { enabled: false },
  runtimeConfig: { public: { origin: '' } },
}
