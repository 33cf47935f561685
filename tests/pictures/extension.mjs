// Pictures of the extension in Chromium with a window: the panel, and the badge with its card beside a chat's prompt box.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openExtension } from '../extension/browser.mjs';
import { allowSites, CHAT, hasModel, inPageOf, lookAtBadge, middleOf, SITES } from '../extension/installed.mjs';
import { builtExtension } from '../web/built-once.mjs';
import { waitFor } from '../web/waiting.mjs';

const PROMPT = 'Prove that there are infinitely many prime numbers of the form 4k + 3.';
const PANEL = { width: 400, height: 860 };
const CHAT_SIZE = { width: 900, height: 700 };

/** Sets the theme, and no motion, so that no picture shows half of it. */
const inTheme = (page, theme) =>
  page.raw.emulateMediaFeatures([
    { name: 'prefers-color-scheme', value: theme },
    { name: 'prefers-reduced-motion', value: 'reduce' },
  ]);

async function drawPanel(browser, folder, theme) {
  const page = await browser.extensionPage('panel/index.html');
  await page.raw.setViewport(PANEL);
  await inTheme(page, theme);
  await page.until(() => document.querySelector('textarea') !== null);
  await page.paste('textarea', PROMPT);
  await page.until(() => document.querySelector('[data-pick]') !== null);
  await page.until(() => document.querySelector('[aria-busy=true]') === null);
  const name = `panel-${theme}.png`;
  await page.screenshot({ path: path.join(folder, name) });
  await page.close();
  return name;
}

async function drawBadge(browser, desk, folder, theme) {
  const page = await browser.newPage(CHAT);
  await page.raw.setViewport(CHAT_SIZE);
  await inTheme(page, theme);
  await page.paste('textarea', PROMPT);
  const badgeThat = async (what, fits) => {
    let badge;
    await waitFor(`a badge ${what}`, async () => {
      badge = await inPageOf(desk, CHAT, lookAtBadge);
      return fits(badge);
    });
    return badge;
  };
  const { rect } = await badgeThat('with a model', hasModel);
  const names = [`badge-${theme}.png`, `card-${theme}.png`];
  const clip = { x: 0, y: CHAT_SIZE.height - 220, width: CHAT_SIZE.width, height: 220 };
  await page.screenshot({ path: path.join(folder, names[0]), clip });
  await page.raw.mouse.click(...middleOf(rect));
  await badgeThat('with an open card', (badge) => badge?.card);
  await page.screenshot({ path: path.join(folder, names[1]) });
  await page.close();
  return names;
}

/** Draws all pictures into a folder; returns the names of the files. */
export async function drawExtension(folder) {
  const scratch = mkdtempSync(path.join(tmpdir(), 'signalbox-pictures-'));
  const installed = path.join(scratch, 'chromium');
  cpSync(await builtExtension('chromium'), installed, { recursive: true });
  const browser = await openExtension('chromium', installed, { sites: SITES });
  const files = [];
  try {
    const desk = await browser.extensionPage('privacy/index.html');
    await allowSites(browser, desk, [CHAT]);
    for (const theme of ['light', 'dark']) {
      files.push(await drawPanel(browser, folder, theme));
      files.push(...(await drawBadge(browser, desk, folder, theme)));
    }
  } finally {
    await browser.close();
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
  return files;
}
