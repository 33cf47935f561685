// One small interface to two browsers: Debian's Chromium by Playwright, Firefox ESR by Puppeteer.
import { cpSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { chromium } from 'playwright-core';
import puppeteer from 'puppeteer-core';
import { madeOnce } from './made-once.mjs';
import { accountOf, explaining } from './page-account.mjs';
import { LIMIT_MS } from './waiting.mjs';

export const BROWSERS = ['chromium', 'firefox'];

const QUIET = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];

/**
 * Features of Chromium that are off in tests. The windows of the address bar, which would load 400 files of their own for
 * every context; and those that matter here among the ones that Playwright turns off, whose list this one replaces.
 */
export const OFF_IN_CHROMIUM = [
  ...['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup', 'WebUIOmniboxFullPopup'],
  ...['AimEnabled', 'AvoidUnnecessaryBeforeUnloadCheckSync', 'DestroyProfileOnBrowserClose', 'HttpsUpgrades'],
  ...['HttpsFirstBalancedModeAutoEnable', 'LensOverlay', 'MediaRouter', 'NetworkTimeServiceQuerying'],
  ...['OptimizationHints', 'PaintHolding', 'PreconnectToSearch', 'ThirdPartyStoragePartitioning', 'Translate'],
];
const CHROMIUM_ARGS = [
  ...['--headless=new', '--no-sandbox', ...QUIET, '--disable-component-update', '--disable-sync'],
  `--disable-features=${OFF_IN_CHROMIUM}`,
];

/** Runs a function in the page; arguments and result are passed as JSON. */
export const expressionOf = (action, args) =>
  `(async () => JSON.stringify((await (${action})(...${JSON.stringify(args)})) ?? null))()`;

/**
 * Brings an element into view, and waits until it stays there: the page may still scroll smoothly, or grow. One that never rests is
 * taken where it is. Runs in the page.
 */
async function bringToRest(element) {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const placeOf = () => JSON.stringify(element.getBoundingClientRect());
  let before;
  for (let tries = 100; tries > 0 && before !== placeOf(); tries -= 1) {
    element.scrollIntoView({ block: 'center', behavior: 'instant' });
    before = placeOf();
    for (let i = 0; i < 2; i += 1) await frame();
  }
}

/** User actions by real events, mostly the same in both libraries. A selector stands for its first match. */
function handsOn(page) {
  const boxOf = async (selector) => {
    const element = await page.waitForSelector(selector);
    await element.evaluate((found) => found.scrollIntoView({ block: 'center', behavior: 'instant' }));
    return element.boundingBox();
  };
  /** Returns a point of an element that is at rest, given as shares of its width and height. */
  const pointOf = async (selector, [across, down]) => {
    const element = await page.waitForSelector(selector);
    await element.evaluate(bringToRest);
    const { x, y, width, height } = await element.boundingBox();
    return [x + across * width, y + down * height];
  };
  return {
    click: async (selector) => {
      await boxOf(selector);
      await page.click(selector);
    },
    /** Clicks into a field, and replaces its text. */
    type: async (selector, text) => {
      await boxOf(selector);
      await page.click(selector);
      await page.keyboard.down('Control');
      await page.keyboard.press('a');
      await page.keyboard.up('Control');
      if (text === '') await page.keyboard.press('Backspace');
      else await page.keyboard.type(text);
    },
    /** The same at once, as if it were pasted: a question is asked about all of it, and never about its beginning. */
    paste: async (selector, text) => {
      await boxOf(selector);
      await page.click(selector);
      await page.evaluate(
        `document.execCommand('selectAll'), document.execCommand('insertText', false, ${JSON.stringify(text)})`,
      );
    },
    press: (key) => page.keyboard.press(key),
    clickAt: async (selector, at) => page.mouse.click(...(await pointOf(selector, at))),
    moveTo: async (selector, at) => page.mouse.move(...(await pointOf(selector, at))),
    drag: async (selector, from, to) => {
      await page.mouse.move(...(await pointOf(selector, from)));
      await page.mouse.down();
      await page.mouse.move(...(await pointOf(selector, to)), { steps: 5 });
      await page.mouse.up();
    },
    wheel: async (selector, at, deltaY) => {
      await page.mouse.move(...(await pointOf(selector, at)));
      await (page.mouse.wheel.length > 1 ? page.mouse.wheel(0, deltaY) : page.mouse.wheel({ deltaY }));
    },
    /** Chooses files in a file input. */
    chooseFiles: async (selector, ...files) => {
      const input = await page.waitForSelector(selector, { state: 'attached' });
      await (input.setInputFiles ? input.setInputFiles(files) : input.uploadFile(...files));
    },
    text: async (selector) => {
      const element = await page.waitForSelector(selector);
      return element.evaluate((found) => found.textContent);
    },
    screenshot: (options) => page.screenshot(options),
    /** Brings this tab to the front, where it takes clicks. */
    front: () => page.bringToFront(),
  };
}

/** Whether a page still exists; the libraries do not always report that one was closed. */
export const isThere = (page) =>
  page.evaluate('true').then(
    () => true,
    () => false,
  );

/** Returns a function that opens a page once, and again if that page was closed. */
export function reopened(open) {
  let page;
  return async () => {
    if (page === undefined || !(await isThere(page))) page = await open();
    return page;
  };
}

/** Firefox's complaint about a file that was still on its way through the service worker when its page was left. */
const CUT_OFF =
  /^Error: Failed to load .* A ServiceWorker intercepted the request and encountered an unexpected error\.$/;

/** Wraps a page of either library; see `accountOf` for `account`. `consoleErrors` collects errors, those of workers if the browser reports them. Without `url`, does not navigate. */
export async function surfaceOf(page, url, init) {
  const consoleErrors = [];
  const requests = [];
  const account = accountOf(page);
  page.setDefaultTimeout(LIMIT_MS);
  page.on('request', (request) => {
    if (!request.url().startsWith('data:')) requests.push(request.url());
  });
  page.on('console', (message) => {
    if (message.type() === 'error') consoleErrors.push(message.text());
  });
  let isReloaded = false;
  page.on('pageerror', (error) => {
    if (!(isReloaded && CUT_OFF.test(error))) consoleErrors.push(String(error));
  });
  if (init !== undefined) await (page.addInitScript ?? page.evaluateOnNewDocument).call(page, init);
  if (url !== undefined) await page.goto(url);
  /** Waits until the function returns a truthy value in the page, and returns that. */
  const until = async (action, ...args) => {
    const handle = await (page.waitForFunction.length > 1 && page.context
      ? page.waitForFunction(action, args[0])
      : page.waitForFunction(action, {}, ...args));
    return handle.jsonValue();
  };
  return {
    ...explaining({ ...handsOn(page), until }, account),
    /** The library's own page, for features of one library. */
    raw: page,
    account,
    /** Loads the page again. What it was still loading is cut off, which is not an error. */
    reload: () => {
      isReloaded = true;
      return page.reload();
    },
    consoleErrors,
    requests,
    evaluate: async (action, ...args) => JSON.parse(await page.evaluate(expressionOf(action, args))),
    close: () => page.close(),
  };
}

/** Controls of Chromium: `setOffline` disconnects every page; `limitStorage` limits an origin's storage in bytes. */
async function openChromium(args) {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    ignoreDefaultArgs: ['--disable-gpu'],
    timeout: LIMIT_MS,
    args: [...CHROMIUM_ARGS, ...args],
  });
  const context = await browser.newContext();
  return {
    newPage: async (url, init) => surfaceOf(await context.newPage(), url, init),
    setOffline: (isOffline) => context.setOffline(isOffline),
    limitStorage: async (origin, quotaSize) => {
      const page = await context.newPage();
      const session = await context.newCDPSession(page);
      await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize });
      return () => page.close(); // The limit lasts as long as the session.
    },
    close: () => browser.close(),
  };
}

const FIREFOX = '/usr/bin/firefox-esr';

/** Firefox refuses a home directory that belongs to another user, as root's often does. */
const launchFirefox = (home, profile) =>
  puppeteer.launch({
    browser: 'firefox',
    executablePath: FIREFOX,
    headless: true,
    protocol: 'webDriverBiDi',
    timeout: LIMIT_MS,
    protocolTimeout: LIMIT_MS,
    userDataDir: profile,
    env: { ...process.env, HOME: home },
  });

/** Returns the profile of a Firefox that has started once: another start takes half the time with it. */
const firefoxProfile = () =>
  madeOnce('firefox-profile', Math.floor(statSync(FIREFOX).mtimeMs), async (profile) => {
    const browser = await launchFirefox(profile, profile);
    await (await browser.newPage()).close();
    await browser.close();
    rmSync(path.join(profile, 'lock'), { force: true }); // A link to nothing, which linters stumble over.
  });

async function openFirefox() {
  const home = mkdtempSync(path.join(tmpdir(), 'signalbox-firefox-'));
  const profile = path.join(home, 'profile');
  cpSync(await firefoxProfile(), profile, { recursive: true });
  const browser = await launchFirefox(home, profile);
  const pages = [];
  return {
    newPage: async (url, init) => {
      pages.push(await browser.newPage());
      return surfaceOf(pages.at(-1), url, init);
    },
    setOffline: async (isOffline) => {
      for (const page of pages) if (!page.isClosed()) await page.setOfflineMode(isOffline);
    },
    close: async () => {
      await browser.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Opens a browser whose pages share storage. In `newPage(url, init)`, `init` runs before the page's own scripts. `args` are for Chromium. */
export function openBrowser(kind, { args = [] } = {}) {
  return kind === 'firefox' ? openFirefox() : openChromium(args);
}
