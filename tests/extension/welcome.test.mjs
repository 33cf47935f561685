// Tests the page that opens after the installation: three questions, and a first suggestion.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { BROWSERS } from '../web/browsers.mjs';
import { builtExtension } from '../web/built-once.mjs';
import { waitFor } from '../web/waiting.mjs';
import { openExtension } from './browser.mjs';
import { hasNoViolations, welcomesIn } from './installed.mjs';

const PAGE = 'welcome/index.html';

/** Returns the names of the models in a chat's list that are ticked. */
const tickedIn = (origin) =>
  [...document.querySelectorAll(`[data-offered="${origin}"] input:checked`)].map((box) => box.dataset.model);

for (const kind of BROWSERS) {
  describe(`the welcome page, ${kind}`, () => {
    it('opens after the installation, asks three questions, and suggests one of the user’s models', async () => {
      const scratch = mkdtempSync(path.join(tmpdir(), 'signalbox-welcome-'));
      const folder = path.join(scratch, kind);
      cpSync(await builtExtension(kind), folder, { recursive: true });
      const browser = await openExtension(kind, folder, { isWelcomed: true });
      try {
        const page = await browser.pageAt(`${browser.origin}/${PAGE}`);
        await page.front();
        await page.until(() => document.querySelector('[data-chats]') !== null);
        const granted = () => page.evaluate(async () => (await chrome.permissions.getAll()).origins);
        assert.deepEqual(await granted(), []);
        await hasNoViolations(page);

        // A chat: denied, and then allowed.
        await browser.deny(page, '[data-chat="claude"]');
        await page.until(() => /Permission denied/.test(document.querySelector('[data-said="chats"]').textContent));
        await page.until(() => !document.querySelector('[data-chat="claude"]').checked);
        await browser.grant(page, '[data-chat="claude"]');
        await page.until(() => document.querySelector('[data-models-of="https://claude.ai"]') !== null);
        assert.deepEqual(await granted(), ['https://claude.ai/*']);

        // Its models: those of the smallest plan, until another one is chosen.
        const small = await page.evaluate(tickedIn, 'https://claude.ai');
        const largest = await page.evaluate(() => document.querySelector('[data-plan] option:last-child').value);
        await page.raw.select('[data-plan]', largest);
        await page.until((few) => document.querySelectorAll('[data-offered] input:checked').length > few, small.length);
        const all = await page.evaluate(tickedIn, 'https://claude.ai');
        assert.ok(small.length > 0 && small.every((model) => all.includes(model)));
        await page.click(`[data-model="${all[0]}"]`);
        await page.until((most) => document.querySelectorAll('[data-offered] input:checked').length < most, all.length);

        // Where an answer costs nothing, prices do not count.
        await page.until(() => document.querySelector('[data-pays] input[value="plan"]').checked);
        await page.click('[data-example="A proof"]');
        const mine = await page.evaluate(tickedIn, 'https://claude.ai');
        const pickOf = async () => {
          await page.until(() => document.querySelector('[aria-busy="false"] [data-pick]') !== null);
          return page.evaluate(() => document.querySelector('[data-pick]').dataset.pick);
        };
        assert.ok(mine.includes(await pickOf()));
        assert.equal(await page.evaluate(() => document.querySelectorAll('.figures dt').length), 1);
        await page.click('[data-pays] input[value="use"]');
        await page.until(() => /price per/.test(document.querySelector('.figures').textContent));
        assert.ok(mine.includes(await pickOf()));
        await hasNoViolations(page);
        const sideways = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;
        assert.equal(await page.evaluate(sideways), 0);

        // The answers are kept.
        const kept = await page.evaluate(async () => {
          const opening = indexedDB.open('signalbox-stored');
          await new Promise((resolve) => {
            opening.onsuccess = resolve;
          });
          const asked = opening.result.transaction('stored').objectStore('stored').get('stored');
          await new Promise((resolve) => {
            asked.onsuccess = resolve;
          });
          opening.result.close();
          return asked.result.sites['https://claude.ai'];
        });
        assert.deepEqual([Object.keys(kept.names).sort(), kept.pays, kept.isOn], [mine.toSorted(), 'use', true]);

        // Taking a chat back also takes its permission back.
        await page.click('[data-chat="claude"]');
        await waitFor('the permission to go', async () => (await granted()).length === 0);
        await page.until(() => document.querySelector('[data-models-of]') === null);
        assert.equal(await page.evaluate(welcomesIn), 1);
        assert.deepEqual([browser.strangers(), await browser.complaints()], [[], []]);
      } finally {
        await browser.close();
        rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
      }
    });
  });
}
