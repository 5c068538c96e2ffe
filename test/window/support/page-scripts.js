/* global window, document, location, navigator, Notification, getComputedStyle, isSecureContext, fetch, setTimeout, eval */

// What the tests run inside a page. Each function goes there by its text alone, so it may use nothing from around it.
// Plain JavaScript, because the types of a page are not those of the tests; page-scripts.d.ts has the types of the border.

/** Tries in the page's own name what only an attacker would. */
export function probePolicy() {
  // From a timer, because what the debugger itself evaluates is not bound by the policy.
  return new Promise((resolve) => {
    const probe = async () => {
      const violations = []
      document.addEventListener('securitypolicyviolation', (event) => violations.push(event.effectiveDirective))
      const succeeds = (action) => {
        try {
          action()
          return true
        } catch {
          // Refused by an exception: that is what is hoped for.
          return false
        }
      }
      const evaluated = succeeds(() => (0, eval)('1')) || succeeds(() => new Function('return 1')())
      succeeds(() => {
        const script = document.createElement('script')
        script.append(document.createTextNode('window.inlineScript = true'))
        document.body.append(script)
      })
      succeeds(() => {
        const button = document.createElement('button')
        button.setAttribute('onclick', 'window.inlineHandler = true')
        document.body.append(button)
        button.click()
        button.remove()
      })
      const madeMarkup = succeeds(() => (document.createElement('div').innerHTML = '<b>markup from text</b>'))
      const style = document.createElement('style')
      style.append(document.createTextNode('body { outline-color: rgb(1, 2, 3) }'))
      document.head.append(style)
      const appliedInlineStyle = getComputedStyle(document.body).outlineColor === 'rgb(1, 2, 3)'
      style.remove()
      const reachedOthers = await fetch('https://example.org/').then(
        () => true,
        () => false,
      )
      // Violations are told later, in the order in which they happened; that of the fetch is the last.
      for (let turn = 0; turn < 100 && !violations.includes('connect-src'); turn++) {
        await new Promise((next) => setTimeout(next, 0))
      }
      resolve({
        evaluated,
        ranInlineScript: window.inlineScript === true,
        ranInlineHandler: window.inlineHandler === true,
        madeMarkup,
        appliedInlineStyle,
        reachedOthers,
        violations,
      })
    }
    setTimeout(probe, 0)
  })
}

/** What a page finds in its global scope. */
export function describeWorld() {
  return {
    origin: location.origin,
    isSecureContext,
    nodeNames: ['require', 'process', 'module', 'Buffer', 'global'].filter((name) => name in window),
    fromPreload: Object.keys(window.sandboxWindow ?? {}),
    cookie: document.cookie,
  }
}

/** Tries to leave the page's address and to open other windows. @returns whether each window was opened */
export function tryToLeave(addresses) {
  const opened = addresses.map((address) => window.open(address) !== null)
  location.href = 'https://example.org/'
  const link = document.createElement('a')
  link.href = 'file:///etc/passwd'
  document.body.append(link)
  link.click()
  link.remove()
  return opened
}

/** Asks for what a browser would ask a person about. */
export async function askPermissions() {
  const names = ['geolocation', 'notifications', 'camera', 'microphone', 'midi', 'clipboard-read']
  const states = await Promise.all(names.map((name) => navigator.permissions.query({ name })))
  return {
    states: Object.fromEntries(names.map((name, index) => [name, states[index].state])),
    notification: await Notification.requestPermission(),
    position: await new Promise((resolve) =>
      navigator.geolocation.getCurrentPosition(
        () => resolve('given'),
        (error) => resolve(error.code),
      ),
    ),
  }
}

/** The statuses of the answers to GET requests. */
export async function statusesOf(paths) {
  return Promise.all(paths.map(async (path) => (await fetch(path)).status))
}

/** What a page of another site in the same browser can do to a host. */
export async function attackFromElsewhere({ origin, body }) {
  const attempt = (init) =>
    fetch(`${origin}/api/preferences.change`, { credentials: 'include', ...init }).then(
      (answer) => `${answer.type} ${answer.status}`,
      () => 'refused',
    )
  const frame = document.createElement('iframe')
  frame.src = origin
  const framed = new Promise((resolve) => {
    frame.onload = () => resolve(frame.contentDocument !== null)
  })
  document.body.append(frame)
  return {
    read: await attempt({}),
    // Its answer cannot be read whatever it is; what it did is looked up elsewhere.
    blindPost: await attempt({ method: 'POST', mode: 'no-cors', body }),
    post: await attempt({ method: 'POST', headers: { 'content-type': 'application/json' }, body }),
    framed: await framed,
  }
}

/** The rules of accessibility that the page breaks, each with the first elements that do. axe-core must be there already. */
export async function accessibilityViolations(tags) {
  const { violations } = await window.axe.run({ runOnly: tags })
  const [mostNodes, mostCharacters] = [4, 160]
  return violations.map(({ id, nodes }) => {
    const shown = nodes
      .slice(0, mostNodes)
      .map(({ html }) => html.replace(/ data-v-\w+=""/g, '').slice(0, mostCharacters))
    return `${id} (${nodes.length}): ${shown.join(' | ')}`
  })
}

/** Whether axe-core is in the page. */
export function hasAxe() {
  return 'axe' in window
}

/** How far the page is wider than the window that shows it, in px. */
export function horizontalOverflow() {
  return document.documentElement.scrollWidth - document.documentElement.clientWidth
}

/** How far the page is higher than the window that shows it, in px: screens scroll, the window never does. */
export function verticalOverflow() {
  return document.documentElement.scrollHeight - document.documentElement.clientHeight
}

/** A text by which the focused element can be told from the others. */
export function focusedText() {
  const focused = document.activeElement
  return focused?.textContent?.trim() || focused?.getAttribute('value') || ''
}

/** Sends a request to the page's own host. */
export async function postFromPage({ address, body }) {
  const answer = await fetch(address, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  return { status: answer.status, body: await answer.text() }
}

/** Goes to an address of the screens, as a link does. */
export function goToAddress(address) {
  location.hash = `#${address}`
}
