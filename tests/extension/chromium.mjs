// Runs Chromium with an unpacked extension and a window on a separate screen.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import puppeteer from 'puppeteer-core';
import { expressionOf, OFF_IN_CHROMIUM, reopened, surfaceOf } from '../web/browsers.mjs';
import { LIMIT_MS, repeat, waitFor } from '../web/waiting.mjs';
import { SIZE } from './screen.mjs';

/**
 * An address without a server. The browser's own requests to its vendor go there, so that every other request comes from
 * the extension or a page.
 */
const NOWHERE = 'http://127.0.0.1:9/';
const ARGS = [
  ...['--no-sandbox', '--ozone-platform=x11', '--window-position=0,0', `--window-size=${SIZE.width},${SIZE.height}`],
  ...['--disable-component-update', `--component-updater=url-source=${NOWHERE}`, `--gaia-url=${NOWHERE}`],
  `--disable-features=${['AutofillServerCommunication', ...OFF_IN_CHROMIUM]}`,
  '--ignore-certificate-errors',
];

/** Collects errors of the extension's own pages and worker from their start. */
function listen(browser, complaints) {
  const heard = new WeakSet();
  const note = (text) => complaints.push(text);
  const attach = async (target) => {
    if (heard.has(target) || !target.url().startsWith('chrome-extension://')) return;
    heard.add(target);
    if (target.type() === 'service_worker') {
      const worker = await target.worker();
      worker.on('console', (message) => message.type() === 'error' && note(message.text()));
      // Puppeteer does not report a service worker's errors.
      worker.client.on('Runtime.exceptionThrown', ({ exceptionDetails: { exception, text } }) =>
        note(exception?.description ?? text),
      );
      return;
    }
    const page = await target.asPage();
    page.on('console', (message) => message.type() === 'error' && note(message.text()));
    page.on('pageerror', (error) => note(String(error)));
  };
  // A target that closes before it is attached has no errors to report.
  const quietly = (target) => attach(target).catch(() => {});
  browser.on('targetcreated', quietly).on('targetchanged', quietly);
  return Promise.all(browser.targets().map(quietly));
}

/** Turns on developer mode; without it, Chromium disables an unpacked extension when an update reloads it. */
function allowFolders(profile) {
  const file = path.join(profile, 'Default/Preferences');
  if (existsSync(file)) return;
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ extensions: { ui: { developer_mode: true } } }));
}

export async function startChromium({ folder, profile, screen, network }) {
  allowFolders(profile);
  const browser = await puppeteer.launch({
    executablePath: '/usr/bin/chromium',
    headless: false,
    pipe: true,
    timeout: LIMIT_MS,
    protocolTimeout: LIMIT_MS,
    enableExtensions: true,
    defaultViewport: null,
    userDataDir: profile,
    ignoreDefaultArgs: ['--enable-automation'], // Its bar would take space from the page.
    env: screen.env,
    // An extension loaded by Puppeteer's own option loses its permissions when the browser closes.
    args: [...ARGS, `--load-extension=${folder}`, `--proxy-server=http://127.0.0.1:${network.port}`],
  });
  const isWorker = (target) => target.type() === 'service_worker' && target.url().startsWith('chrome-extension://');
  const origin = (await browser.waitForTarget(isWorker, { timeout: LIMIT_MS })).url().split('/').slice(0, 3).join('/');
  const complaints = [];
  await listen(browser, complaints);

  const find = (start) => browser.targets().find((target) => target.url().startsWith(start));
  const worker = () => browser.targets().find((target) => isWorker(target));
  /** Tabs of `newPage`, to tell them from pages that the browser opened by itself, such as the side panel. */
  const tabs = new Set();
  const surfaceAt = async (target) => surfaceOf(await target.asPage());
  /** Returns whether a page has the focus; a dialog of the browser takes it from every page. */
  const hasFocus = async () => {
    const pages = browser.targets().filter((target) => target.type() === 'page');
    const ask = async (target) => (await target.asPage()).evaluate(() => document.hasFocus());
    return (await Promise.all(pages.map((target) => ask(target).catch(() => false)))).includes(true);
  };
  /** Returns a page of the extension that does nothing; an update of the extension closes it. */
  const still = reopened(async () => {
    const page = await browser.newPage();
    await page.goto(`${origin}/manifest.json`);
    return page;
  });
  await still();
  const origins = async () => (await (await still()).evaluate(() => chrome.permissions.getAll())).origins;
  /**
   * Requests a permission through `ask`, and grants it. The dialog refuses by default, and there is no signal for when it
   * accepts keys. If a key came too early and the request was refused, the dialog is opened again.
   */
  const grant = async (ask) => {
    const before = (await origins()).length;
    const isGranted = async () => (await origins()).length > before;
    for (let pause = 500; !(await isGranted()); pause *= 2) {
      await waitFor('the page to have the focus', hasFocus);
      await ask();
      await waitFor('a permission dialog', async () => !(await hasFocus()) || (await isGranted()));
      if (await isGranted()) return;
      await sleep(pause);
      await screen.press('Tab');
      await repeat('the permission dialog to close', () => screen.press('Return'), hasFocus);
      await sleep(pause);
    }
  };
  const opened = (name) =>
    browser.targets().find((target) => target.url().startsWith(`${origin}/${name}`) && !tabs.has(target));

  return {
    origin,
    can: { offscreen: true },
    complaints: async () => [...complaints],
    newPage: async (url, init) => {
      const page = await browser.newPage();
      tabs.add(page.target());
      const surface = await surfaceOf(page, url, init);
      await page.bringToFront();
      return surface;
    },
    pageAt: async (start) => surfaceAt(await waitFor(`a page at ${start}`, () => find(start))),
    isPanelOpen: async (name) => opened(name) !== undefined,
    panel: async (name) => surfaceAt(await waitFor('the side panel', () => opened(name))),
    offscreen: async (name) => surfaceAt(await waitFor('the offscreen document', () => find(`${origin}/${name}`))),
    isAwake: async () => worker() !== undefined,
    evaluate: async (action, args) => {
      const target = worker();
      if (target === undefined) throw new Error('the service worker sleeps: expected something that wakes it, before');
      return JSON.parse(await (await target.worker()).evaluate(expressionOf(action, args)));
    },
    /** Stops the service worker, as Chromium does after half a minute without events. */
    stopBackground: async () => {
      const target = worker();
      if (target === undefined) return;
      const watching = await (await still()).createCDPSession();
      await watching.send('ServiceWorker.enable');
      const stopped = new Promise((resolve) => {
        watching.on('ServiceWorker.workerVersionUpdated', ({ versions }) => {
          if (versions.some(({ runningStatus }) => runningStatus === 'stopped')) resolve();
        });
      });
      // Chromium restarts a worker with an attached debugger as soon as it stops.
      await (await target.worker()).client.detach();
      await watching.send('ServiceWorker.stopAllWorkers');
      await stopped;
      await watching.detach();
    },
    /** Returns a point inside the element in screen coordinates. */
    pointOf: (page, selector) =>
      page.evaluate((selector) => {
        const { x, y, width, height } = document.querySelector(selector).getBoundingClientRect();
        const top = screenY + outerHeight - innerHeight;
        return { x: screenX + x + Math.min(20, width / 2), y: top + y + height / 2 };
      }, selector),
    /** Clicks the element that requests a permission, and answers the dialog. */
    answer: async (isAllowed, page, selector) => {
      if (isAllowed) return grant(() => page.click(selector));
      await waitFor('the page to have the focus', hasFocus);
      await page.click(selector);
      await waitFor('a permission dialog', async () => !(await hasFocus()));
      return repeat('the permission dialog to close', () => screen.press('Escape'), hasFocus);
    },
    /** Requests and grants a permission; there is no dialog for a permission that was granted before. */
    allow: async (pattern) => {
      const page = await still();
      await page.bringToFront();
      await grant(() => {
        page.evaluate((origin) => chrome.permissions.request({ origins: [origin] }), pattern).catch(() => {});
      });
    },
    revoke: async (patterns) => (await still()).evaluate((origins) => chrome.permissions.remove({ origins }), patterns),
    close: () => browser.close(),
  };
}
