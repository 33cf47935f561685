// Offers one small interface to two browsers with an extension loaded, driven as by the user: the menu, the shortcuts and
// the permission dialogs are the browser's own.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startChromium } from './chromium.mjs';
import { startFirefox } from './firefox.mjs';
import { openNetwork } from './network.mjs';
import { openScreen } from './screen.mjs';

const WELCOME = 'welcome/index.html';
const START = { chromium: startChromium, firefox: startFirefox };

/**
 * Opens a browser with the unpacked extension in `folder`. `sites` are stand-ins for hosts (see `openNetwork`); addresses
 * of this machine need no stand-in. `profile` is a folder that keeps stored data after the browser closes; without it, each
 * browser gets a new one. Chromium derives the extension's id from the path of its folder: the same path has the same
 * storage. The page that opens after the installation is closed, unless `isWelcomed`.
 */
export async function openExtension(kind, folder, { profile, sites, isWelcomed = false } = {}) {
  const manifest = JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8'));
  const panelFile = manifest.side_panel?.default_path ?? manifest.sidebar_action?.default_panel;
  const isInstalled = profile !== undefined && existsSync(profile);
  const place = profile ?? mkdtempSync(path.join(tmpdir(), `signalbox-${kind}-`));
  const parts = [];
  const closeAll = async () => {
    for (const part of parts.splice(0).reverse()) await part.close();
    if (profile === undefined) rmSync(place, { recursive: true, force: true, maxRetries: 5 });
  };
  let screen;
  let network;
  let browser;
  try {
    screen = await openScreen();
    parts.push(screen);
    network = await openNetwork(sites);
    parts.push(network);
    browser = await START[kind]({ folder, profile: place, screen, network });
    parts.push(browser);
    if (!isInstalled && !isWelcomed) await (await browser.pageAt(`${browser.origin}/${WELCOME}`)).close();
  } catch (error) {
    await closeAll();
    throw error;
  }

  const press = async (page, name) => {
    const keys = manifest.commands?.[name]?.suggested_key;
    const wanted = keys?.linux ?? keys?.default;
    if (wanted === undefined) {
      const known = Object.keys(manifest.commands ?? {}).join(', ');
      throw new Error(`got '${name}', expected a command that the manifest has keys for (it has: ${known})`);
    }
    await page.front();
    await screen.press(wanted);
  };
  const answer = (isAllowed) => async (page, selector) => {
    await page.front();
    await browser.answer(isAllowed, page, selector);
  };

  return {
    kind,
    origin: browser.origin,
    id: new URL(browser.origin).host,
    /** Lists features that only some browsers have; a test that needs one skips the other browsers. */
    can: browser.can,
    /** Opens a page in front of the others. Pages behind it take no clicks until their `front()` is called. */
    newPage: browser.newPage,
    /** Opens a page of the extension in a tab. */
    extensionPage: (name, init) => browser.newPage(`${browser.origin}/${name}`, init),
    /** `evaluate` never wakes the background. `stop` returns once the background has stopped; the next event starts a new one. */
    background: {
      evaluate: (action, ...args) => browser.evaluate(action, args),
      isAwake: browser.isAwake,
      stop: browser.stopBackground,
    },
    /** Finds a page that the extension or another page opened in a tab, by the beginning of its address. */
    pageAt: browser.pageAt,
    /** Waits for the side panel or sidebar to open, and returns it; see `handsOn` (Firefox supports a part of it). */
    panel: () => browser.panel(panelFile),
    isPanelOpen: () => browser.isPanelOpen(panelFile),
    offscreen: browser.offscreen,
    /** Selects the text of the element, opens the context menu there, and chooses an item by its first letter. */
    contextMenu: async (page, selector, key) => {
      await page.front();
      const element = await page.raw.waitForSelector(selector);
      await element.click({ count: 3 });
      await screen.chooseInMenu(await browser.pointOf(page, selector), key);
    },
    /** Presses the manifest's keys for the command in the page. */
    command: press,
    /** Activates the toolbar's button through its keyboard shortcut. */
    action: (page) => press(page, '_execute_action'),
    /** Clicks the element and accepts the browser's own dialog. Chromium shows no dialog for a permission that it granted before. */
    grant: answer(true),
    deny: answer(false),
    /** Grants a host permission without using the extension's interface. The pattern is as in a manifest: 'https://chat.example/*'. */
    allow: browser.allow,
    /** Revokes permissions from a page of the extension, not in the browser's settings. */
    revoke: (...patterns) => browser.revoke(patterns),
    /** Returns the requests that left this machine or would have left it. */
    strangers: () => [...network.strangers],
    /** Returns the errors of the extension's own pages and background. */
    complaints: browser.complaints,
    close: closeAll,
  };
}
