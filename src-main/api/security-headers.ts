/**
 * What the page may load and do: only what this very origin serves. Nothing inline, no evaluation of text, no frames, and
 * no text turned into markup but by Vue's own policy.
 */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  'trusted-types vue',
  "require-trusted-types-for 'script'",
].join('; ')

/** The headers that every answer of the door carries, whoever asked and whatever it is. */
export function securityHeaders(policy: string = contentSecurityPolicy): Readonly<Record<string, string>> {
  return {
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=()',
  }
}
