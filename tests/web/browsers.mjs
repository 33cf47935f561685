// One small surface over two browsers: Debian's Chromium through Playwright, Firefox ESR through Puppeteer.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { chromium } from 'playwright-core';
import puppeteer from 'puppeteer-core';

export const BROWSERS = ['chromium', 'firefox'];

const QUIET = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
const CHROMIUM_ARGS = ['--headless=new', '--no-sandbox', ...QUIET, '--disable-component-update', '--disable-sync'];

/** Runs a function in the page; arguments and result cross as JSON. */
const expressionOf = (action, args) =>
  `(async () => JSON.stringify((await (${action})(...${JSON.stringify(args)})) ?? null))()`;

/** What both libraries call alike. `consoleErrors` grows, with what the page's workers complain about where the browser tells it. */
async function surfaceOf(page, url) {
  const consoleErrors = [];
  page.on('console', (message) => {
    if (message.type() === 'error') consoleErrors.push(message.text());
  });
  page.on('pageerror', (error) => consoleErrors.push(String(error)));
  await page.goto(url);
  return {
    consoleErrors,
    evaluate: async (action, ...args) => JSON.parse(await page.evaluate(expressionOf(action, args))),
    close: () => page.close(),
  };
}

/** `setOffline` cuts off every page; `limitStorage` gives an origin so many bytes. */
async function openChromium(args) {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    ignoreDefaultArgs: ['--disable-gpu'],
    args: [...CHROMIUM_ARGS, ...args],
  });
  const context = await browser.newContext();
  return {
    newPage: async (url) => surfaceOf(await context.newPage(), url),
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

/** Firefox refuses the home of another user, which root's often is. */
async function openFirefox() {
  const home = mkdtempSync(path.join(tmpdir(), 'signalbox-firefox-'));
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: '/usr/bin/firefox-esr',
    headless: true,
    protocol: 'webDriverBiDi',
    env: { ...process.env, HOME: home },
  });
  const pages = [];
  return {
    newPage: async (url) => {
      pages.push(await browser.newPage());
      return surfaceOf(pages.at(-1), url);
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

/** All pages of a browser share what they store. `args` are Chromium's own. */
export function openBrowser(kind, { args = [] } = {}) {
  return kind === 'firefox' ? openFirefox() : openChromium(args);
}
