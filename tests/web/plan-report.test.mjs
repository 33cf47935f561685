// The report of a plan in both browsers: it opens from a disk, is accessible, and fits phones.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { planReport } from '../../dist/build.js';
import { violations } from './axe.mjs';
import { BROWSERS, openBrowser } from './browsers.mjs';

const SIZES = [
  [1280, 900],
  [390, 844],
];
const ATTACK = '"><img src=x onerror="document.title=1"><script>document.title=1</script>';

let folder;
let address;
before(async () => {
  const plan = JSON.parse(readFileSync(new URL('../fixtures/plan/plan.json', import.meta.url), 'utf8'));
  plan.families[0].name += ATTACK;
  plan.singles[1].model += ATTACK;
  folder = mkdtempSync(path.join(tmpdir(), 'signalbox-plan-'));
  const file = path.join(folder, 'plan.html');
  writeFileSync(file, await planReport(plan));
  address = pathToFileURL(file).href;
});
after(() => rmSync(folder, { recursive: true }));

for (const kind of BROWSERS) {
  describe(`the report of a plan in ${kind}`, () => {
    let browser;
    let page;
    before(async () => {
      browser = await openBrowser(kind);
      page = await browser.newPage(address);
    });
    after(() => browser.close());

    const resize = ([width, height]) =>
      (page.raw.setViewportSize ?? page.raw.setViewport).call(page.raw, { width, height });

    it('opens without errors and requests, and keeps names as text', async () => {
      assert.deepEqual(page.consoleErrors, []);
      assert.deepEqual(
        page.requests.filter((url) => url !== address),
        [],
      );
      const { title, images, text } = await page.evaluate(() => ({
        title: document.title,
        images: document.querySelectorAll('img, script').length,
        text: document.body.textContent,
      }));
      assert.deepEqual([title, images], ['Plan for 312 prompts and 4 models', 0]);
      assert.ok(text.includes(ATTACK));
    });

    it('applies its style', async () => {
      const width = await page.evaluate(() => getComputedStyle(document.querySelector('.chart .curve')).strokeWidth);
      assert.equal(width, '2px');
    });

    for (const size of SIZES) {
      it(`has no violations, one chart and no sideways scroll at ${size[0]} px`, async () => {
        await resize(size);
        const { charts, overflow } = await page.evaluate(() => ({
          charts: [...document.querySelectorAll('svg')].filter(({ clientWidth }) => clientWidth > 0).length,
          overflow: document.documentElement.scrollWidth - innerWidth,
        }));
        assert.equal(charts, 1);
        assert.ok(overflow <= 0, `${overflow} px`);
        assert.deepEqual(await violations(page), []);
      });
    }

    // Puppeteer emulates no colour scheme in Firefox.
    if (kind === 'chromium') {
      it('has enough contrast in the dark', async () => {
        await page.raw.emulateMedia({ colorScheme: 'dark' });
        const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        assert.equal(ground, 'rgb(18, 22, 27)');
        assert.deepEqual(await violations(page), []);
      });
    }

    it('lets the keyboard reach the tables, and open the settings', async () => {
      await resize(SIZES[0]);
      await page.evaluate(() => document.querySelector('summary').focus());
      await page.press('Enter');
      const isOpen = await page.until(() => document.querySelector('details').open);
      assert.ok(isOpen);
      const unreachable = await page.evaluate(
        () => [...document.querySelectorAll('.scroll')].filter(({ tabIndex }) => tabIndex !== 0).length,
      );
      assert.equal(unreachable, 0);
      assert.deepEqual(await violations(page), []);
    });
  });
}
