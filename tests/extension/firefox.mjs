// Runs Firefox ESR with an extension and a window on a separate screen.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import puppeteer from 'puppeteer-core';
import { expressionOf, reopened, surfaceOf } from '../web/browsers.mjs';
import { LIMIT_MS, repeat, waitFor } from '../web/waiting.mjs';
import { SIZE } from './screen.mjs';

const UUID = '51691a1b-0000-4000-8000-000000000001';
const ORIGIN = `moz-extension://${UUID}`;

const prefsOf = (id, { port }) => ({
  'extensions.webextensions.uuids': JSON.stringify({ [id]: UUID }),
  // Firefox removes an extension loaded from a folder when it closes; these settings keep the stored data.
  'extensions.webextensions.keepStorageOnUninstall': true,
  'extensions.webextensions.keepUuidOnUninstall': true,
  // The address of the manifest serves as a page of the extension that does nothing.
  'devtools.jsonview.enabled': false,
  'network.proxy.type': 1,
  ...{ 'network.proxy.http': '127.0.0.1', 'network.proxy.http_port': port },
  ...{ 'network.proxy.ssl': '127.0.0.1', 'network.proxy.ssl_port': port },
  // No server runs there, so the browser does not reach its vendor.
  'services.settings.server': 'http://127.0.0.1:9/v1',
});

/** Returns a function that runs code in the browser's own scope, with access that pages do not have. */
async function chromeScope(browser, id) {
  const send = async (method, params) => (await browser.connection.send(method, params)).result;
  const { contexts } = await send('browsingContext.getTree', { 'moz:scope': 'chrome' });
  const { context } = contexts.find(({ url }) => url.endsWith('/browser.xhtml'));
  return async (action, ...args) => {
    const expression = expressionOf(action, [id, ...args]);
    const answer = await send('script.evaluate', { expression, awaitPromise: true, target: { context } });
    if (answer.type !== 'success')
      throw new Error(`got '${answer.exceptionDetails.text}' from the browser's own scope`);
    return JSON.parse(answer.result.value);
  };
}

/**
 * Returns the sidebar's interface. The sidebar is not a page in the protocol: it is read through another page of the
 * extension, and receives its input from the screen.
 */
function sidebarOf(page, own, screen) {
  const raw = async (expression) => {
    const inside = `(async () => {
      const sidebar = browser.extension.getViews({ type: 'sidebar' })[0];
      if (sidebar === undefined) throw new Error('the sidebar is closed, expected it to be open');
      with (sidebar) return ${expression};
    })()`;
    return JSON.parse(await page.evaluate(inside));
  };
  const evaluate = (action, ...args) => raw(expressionOf(action, args));
  const until = (action, ...args) => waitFor(`${action} to give something`, () => evaluate(action, ...args));
  const show = async (selector) => {
    await until((wanted) => document.querySelector(wanted) !== null, selector);
    return evaluate((wanted) => {
      const element = document.querySelector(wanted);
      element.scrollIntoView({ block: 'center', behavior: 'instant' });
      const { x, y, width, height } = element.getBoundingClientRect();
      return { x: mozInnerScreenX + x, y: mozInnerScreenY + y, width, height };
    }, selector);
  };
  const clickAt = async (selector, [across, down]) => {
    const { x, y, width, height } = await show(selector);
    await screen.clickAt({ x: x + across * width, y: y + down * height });
  };
  const click = (selector) => clickAt(selector, [0.5, 0.5]);
  return {
    click,
    clickAt,
    type: async (selector, text) => {
      await click(selector);
      await until((wanted) => document.activeElement === document.querySelector(wanted), selector);
      await screen.press('Ctrl+A');
      await (text === '' ? screen.press('Backspace') : screen.type(text));
      // The keys sent through the screen may not have arrived yet.
      await until((wanted, text) => document.querySelector(wanted).value === text, selector, text);
    },
    press: (keys) => screen.press(keys),
    text: async (selector) => {
      await show(selector);
      return evaluate((wanted) => document.querySelector(wanted).textContent, selector);
    },
    evaluate,
    until,
    front: async () => {}, // The sidebar is visible as long as it is open.
    screenshot: async () => {
      const picture = await own(async () => {
        const { browsingContext } = SidebarController.browser.contentDocument.querySelector('browser');
        const bitmap = await browsingContext.currentWindowGlobal.drawSnapshot(null, 1, 'white');
        const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
        canvas.getContext('2d').drawImage(bitmap, 0, 0);
        const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
        return Array.from(bytes);
      });
      return Uint8Array.from(picture);
    },
    close: () => own(() => SidebarController.hide()),
  };
}

export async function startFirefox({ folder, profile, screen, network }) {
  const { browser_specific_settings } = JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8'));
  const { id } = browser_specific_settings.gecko;
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: '/usr/bin/firefox-esr',
    headless: false,
    protocol: 'webDriverBiDi',
    timeout: LIMIT_MS,
    protocolTimeout: LIMIT_MS,
    acceptInsecureCerts: true,
    defaultViewport: null,
    userDataDir: profile,
    // Firefox refuses a home folder that another user owns, which is common when it runs as root.
    // MOZ_REMOTE_SETTINGS_DEVTOOLS makes it accept the address in `services.settings.server`.
    env: { ...screen.env, HOME: profile, MOZ_REMOTE_SETTINGS_DEVTOOLS: '1' },
    args: [`--width=${SIZE.width}`, `--height=${SIZE.height}`, '--remote-allow-system-access'],
    extraPrefsFirefox: prefsOf(id, network),
  });
  await browser.installExtension(folder);
  const own = await chromeScope(browser, id);

  const newPage = async (url, init) => {
    const page = await browser.newPage();
    if (!url.startsWith(ORIGIN)) return { ...(await surfaceOf(page, url, init)) };
    const surface = await surfaceOf(page, undefined, init);
    // Puppeteer gets no load events of such a page, and would wait for them.
    page.goto(url).catch(() => {});
    const isThere = (start) => location.href.startsWith(start) && document.readyState === 'complete';
    await waitFor(`${url} to load`, () => surface.evaluate(isThere, ORIGIN).catch(() => false));
    return surface;
  };
  /** Returns a page of the extension that does nothing; an update of the extension closes it. */
  const still = reopened(async () => (await newPage(`${ORIGIN}/manifest.json`)).raw);
  await still();
  const isAwake = () => own((id) => WebExtensionPolicy.getByID(id).extension.backgroundState === 'running');

  return {
    origin: ORIGIN,
    can: { offscreen: false },
    /** Returns script errors only; messages that code logs to the console are not included. */
    complaints: () =>
      own((_id, origin) => {
        const errors = Services.console.getMessageArray().filter((one) => one instanceof Ci.nsIScriptError);
        const theirs = errors.filter(({ sourceName, flags }) => sourceName.startsWith(origin) && (flags & 1) === 0);
        return theirs.map(({ errorMessage }) => errorMessage);
      }, ORIGIN),
    newPage,
    pageAt: async (start) => {
      const isThere = (page) =>
        page
          .evaluate(() => location.href)
          .then(
            (url) => url.startsWith(start),
            () => false,
          );
      const find = async () => {
        for (const page of await browser.pages()) if (await isThere(page)) return page;
        return undefined;
      };
      return surfaceOf(await waitFor(`a page at ${start}`, find));
    },
    isPanelOpen: async () => (await still()).evaluate(() => browser.extension.getViews({ type: 'sidebar' }).length > 0),
    panel: async () => {
      const isOpen = () => {
        const [sidebar] = browser.extension.getViews({ type: 'sidebar' });
        return sidebar?.document.readyState === 'complete';
      };
      await waitFor('the sidebar', async () => (await still()).evaluate(isOpen));
      return sidebarOf(await still(), own, screen);
    },
    offscreen: async () => {
      throw new Error('got a call of offscreen() in Firefox, expected Chromium: Firefox has no offscreen documents');
    },
    isAwake,
    evaluate: async (action, args) => {
      if (!(await isAwake())) throw new Error('the event page sleeps: expected something that wakes it, before');
      const expression = expressionOf(action, args);
      const inside = `(async () => { with (await browser.runtime.getBackgroundPage()) return ${expression}; })()`;
      return JSON.parse(await (await still()).evaluate(inside));
    },
    /** Stops the event page, as Firefox does after half a minute without events; a pending answer keeps it awake. */
    stopBackground: () =>
      waitFor('the event page to stop', () =>
        own(async (id) => {
          const { extension } = WebExtensionPolicy.getByID(id);
          await extension.terminateBackground();
          return extension.backgroundState === 'stopped';
        }),
      ),
    pointOf: (page, selector) =>
      page.evaluate((selector) => {
        const { x, y, width, height } = document.querySelector(selector).getBoundingClientRect();
        return { x: mozInnerScreenX + x + Math.min(20, width / 2), y: mozInnerScreenY + y + height / 2 };
      }, selector),
    /** Clicks the element that requests a permission, and answers the question. */
    answer: async (isAllowed, page, selector) => {
      const isOpen = () => own(() => PopupNotifications.panel.state === 'open');
      await page.click(selector);
      await waitFor('a permission question', isOpen);
      const press = () => screen.press(isAllowed ? 'Alt+A' : 'Alt+D');
      await repeat('the permission question to close', press, async () => !(await isOpen()));
    },
    /** Grants the permission without a question. */
    allow: (pattern) =>
      own(async (id, origin) => {
        const { ExtensionPermissions } = ChromeUtils.importESModule(
          'resource://gre/modules/ExtensionPermissions.sys.mjs',
        );
        const { extension } = WebExtensionPolicy.getByID(id);
        await ExtensionPermissions.add(id, { permissions: [], origins: [origin] }, extension);
      }, pattern),
    revoke: async (patterns) =>
      (await still()).evaluate((origins) => browser.permissions.remove({ origins }), patterns),
    close: () => browser.close(),
  };
}
