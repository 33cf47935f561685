// More than 400 lines: all tests share the sessions and the files of the plan.
// A plan from graded prompts: the example, own files, targets, the handle on the curve, what it is good for, and errors.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, it } from 'node:test';
import { fileFromBytes, planCode, plan as planOf, planSentences, planTable } from '../../dist/build.js';
import { Router } from '../../dist/index.js';
import { violations } from './axe.mjs';
import { describeSite } from './site-page.mjs';

const EXAMPLE = readFileSync(new URL('../fixtures/plan/support.csv', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'signalbox-plan-'));
const fileOf = (name, content) => {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
};
after(() => rmSync(folder, { recursive: true, force: true }));

const ANIMALS = ['octopus', 'starfish', 'squid', 'crab', 'jellyfish', 'sea urchin', 'lobster', 'seahorse'];

/** Two kinds of prompts; `dear` knows everything, `cheap` only sums, and a tenth of all answers is wrong. */
function graded({ rows = 120, dear = 'dear', cheap = 'cheap', kinds = ['sums', 'sea animals'], costs = true } = {}) {
  const quoted = (text) => `"${text.replaceAll('"', '""')}"`;
  const columns = [dear, cheap, ...(costs ? [`${dear}|cost_usd`, `${cheap}|cost_usd`] : [])];
  const lines = [`dataset,prompt,${columns.map(quoted).join()}`];
  for (let i = 0; i < rows; ++i) {
    const isSum = i % 2 === 0;
    const prompt = isSum ? `What is ${i} plus ${3 * i}?` : `How many of its ${i} arms does a ${ANIMALS[i % 8]} use?`;
    const luck = i % 20 < 18 ? 1 : 0;
    lines.push(`${quoted(kinds[i % 2])},${prompt},${luck},${isSum ? luck : 0}${costs ? ',0.01,0.001' : ''}`);
  }
  return lines.join('\n');
}

const planned = (page) => page.until(() => document.querySelector('[data-headline]')?.textContent);
/** Waits for a plan with another target than before. */
const plannedFor = (page, target) =>
  page.until((kind) => document.querySelector(`[data-plan="${kind}"][aria-busy=false]`) !== null, target);
/** Waits for an error that matches. */
const refused = (page, { source }) =>
  page.until(
    (pattern) => new RegExp(pattern).test(document.querySelector('[data-plan-error]')?.textContent ?? ''),
    source,
  );
const here = (page) => page.evaluate(() => document.querySelector('[data-here]').textContent);
const movedFrom = (page, text) =>
  page.until((last) => document.querySelector('[data-here]').textContent !== last, text);
const routesOn = (page, name) =>
  page.until((wanted) => document.querySelector('[data-benchmark]')?.textContent === wanted, name);

/** Runs in the page: drops a text as a file. */
const drop = (page, name, content) =>
  page.evaluate(
    (title, text) => {
      const data = new DataTransfer();
      data.items.add(new File([text], title));
      document.querySelector('#plan .drop').dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true }));
    },
    name,
    content,
  );

/** Opens a page with the plan of a file. */
async function openPlan(site, content = graded()) {
  const page = await site.open();
  await page.chooseFiles('#plan-files', fileOf('graded.csv', content));
  await planned(page);
  return page;
}

describeSite('a plan', (site) => {
  it('plans the example by one click, in the words of the package', async () => {
    const page = await site.open();
    await page.click('[data-plan-example]');
    const headline = await planned(page);
    const { plan } = await planOf([fileFromBytes('support.csv', EXAMPLE)]);
    assert.equal(headline, planSentences(plan).headline);
    const families = await page.evaluate(() =>
      [...document.querySelectorAll('[data-families] tbody tr')].map((row) => row.cells[0].firstChild.textContent),
    );
    assert.deepEqual(
      families,
      plan.families.map(({ name }) => name),
    );
    assert.deepEqual(await violations(page, '#plan'), []);
    await site.close(page);
  });

  it('goes to the plan of a new file, and says it', async () => {
    const page = await site.open();
    await page.chooseFiles('#plan-files', fileOf('graded.csv', graded()));
    const headline = await planned(page);
    await page.until(() => {
      const { top } = document.querySelector('.plan-answer').getBoundingClientRect();
      return top >= 0 && top < innerHeight / 2;
    });
    assert.ok((await page.text('[data-planning] [role=status]')).endsWith(headline));
    await site.close(page);
  });

  it('draws the families as islands: one is selected by click and by keys, in the table, too', async () => {
    const page = await openPlan(site, graded({ kinds: ['sums', 'sea animals'] }));
    await page.until(() => document.querySelector('[data-islands="2"]') !== null);
    const chosen = () =>
      page.evaluate(() => ({
        row: document.querySelector('[data-families] .chosen button')?.textContent ?? null,
        card: document.querySelector('[data-family-card]').dataset.familyCard,
        checked: document.querySelector('.island[aria-checked=true]')?.getAttribute('aria-label') ?? null,
        stops: document.querySelectorAll('.island[tabindex="0"]').length,
      }));
    assert.deepEqual(await chosen(), { row: null, card: '', checked: null, stops: 1 });
    await page.click('[data-families] tbody tr:nth-child(2) button');
    const name = await page.text('[data-families] tbody tr:nth-child(2) button');
    const second = await chosen();
    assert.match(second.checked, new RegExp(`^${name}: 50% of the prompts, to (dear|cheap), \\$.* per 1,000 answers$`));
    assert.deepEqual([second.row, second.card], [name, name]);
    await page.evaluate(() => document.querySelector('.island[tabindex="0"]').focus());
    await page.press('Home');
    const first = await chosen();
    assert.notEqual(first.card, name);
    assert.deepEqual([first.row, first.stops], [first.card, 1]);
    for (const key of ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown']) {
      await page.press('Home');
      await page.press(key);
      if ((await chosen()).card === name) break;
    }
    assert.equal((await chosen()).card, name, 'an arrow leads to the other island');
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-checked')), 'true');
    await page.press('Escape');
    assert.equal((await chosen()).card, '');
    await page.press('Enter');
    assert.notEqual((await chosen()).card, '');
    assert.deepEqual(await violations(page, '#plan'), []);
    await site.close(page);
  });

  it('shares a result by a link that shows its card, and refuses a forged one', async () => {
    const page = await site.open();
    await page.click('[data-plan-example]');
    const headline = await planned(page);
    await page.click('#plan-card summary');
    const link = await page.until(() => document.querySelector('#card-link')?.value);
    await page.click('[data-card-words]');
    await page.until((last) => document.querySelector('#card-link').value.length > last.length, link);
    await site.close(page);
    const { hash } = new URL(link);
    const opened = await site.open({ fragment: hash });
    const label = await opened.until(() =>
      document.querySelector('[data-card-opened] [data-card-picture]')?.getAttribute('aria-label'),
    );
    assert.ok(label.startsWith(headline), label);
    assert.deepEqual(await violations(opened, '#plan'), []);
    await opened.evaluate(
      (fragment) => {
        location.hash = fragment;
      },
      `${hash.slice(0, -20)}AAAA`,
    );
    await opened.until(() =>
      document.querySelector('[data-card-opened] [role=alert]')?.textContent.includes('cannot be read'),
    );
    await opened.click('[data-card-close]');
    await opened.until(() => document.querySelector('[data-card-opened]') === null && location.hash === '');
    await site.close(opened);
  });

  it('keeps plans on the device, with their rows if the user wants that, until they are deleted', async () => {
    const page = await site.open();
    await page.chooseFiles('#plan-files', fileOf('of-mine.csv', graded({ rows: 124 })));
    const headline = await planned(page);
    const mine = '[data-kept-plan^="of-mine "]';
    await page.until((item) => document.querySelector(item)?.textContent.includes('this plan'), mine);
    await page.reload();
    assert.equal(await planned(page), headline, 'a reload shows the plan again');
    await page.until(() => document.querySelector('[data-no-rows]') !== null);
    assert.equal(await page.evaluate(() => document.querySelector('.plan-target fieldset').disabled), true);
    await page.chooseFiles('#plan-files', fileOf('of-mine.csv', graded({ rows: 124 })));
    await page.click(`${mine} [data-keep-rows]`);
    await page.until((item) => document.querySelector(item).textContent.includes('the rows of its files'), mine);
    await page.reload();
    await planned(page);
    await page.click('[name=plan-target][value=save]');
    await plannedFor(page, 'save');
    await page.chooseFiles('#plan-files', fileOf('others.csv', graded({ dear: 'other' })));
    await page.until(() => document.querySelector('.plan-chart .legend')?.textContent.includes('other alone'));
    await page.click(`${mine} [data-show-plan]`);
    await plannedFor(page, 'save');
    // Another tab begins without the planner.
    const other = await site.open();
    await other.click(`${mine} [data-show-plan]`);
    await plannedFor(other, 'save');
    await site.close(other);
    await page.front();
    await page.click('[data-delete-plans]');
    await page.until(() => document.querySelector('[data-kept-plans="0"]') !== null);
    const left = await page.evaluate(
      () =>
        new Promise((resolve) => {
          const request = indexedDB.open('signalbox-demo');
          request.onsuccess = () => {
            const all = request.result.transaction('benchmarks').objectStore('benchmarks').getAllKeys();
            all.onsuccess = () => {
              request.result.close();
              resolve(all.result.filter((key) => String(key).startsWith('plan')));
            };
          };
        }),
    );
    assert.deepEqual(left, []);
    await site.close(page);
  });

  it('plans a chosen file with the families of its datasets', async () => {
    const page = await openPlan(site);
    assert.match(await page.text('[data-families]'), /sea animals.*60 prompts, 50%/);
    assert.match(await page.text('#plan'), /1 file, .*: graded\.csv/);
    await site.close(page);
  });

  it('shows names that look like markup as text', async () => {
    const evil = '<img src=x onerror="document.title=1">';
    const page = await openPlan(
      site,
      graded({ dear: evil, cheap: '<b>cheap</b>', kinds: ['<i>sums</i>', '</table>'] }),
    );
    assert.match(await page.text('[data-families]'), /<i>sums<\/i>/);
    assert.ok((await page.text('#plan')).includes(evil));
    assert.equal(await page.evaluate(() => document.querySelector('#plan :is(img, .plan i)')), null);
    assert.deepEqual(await violations(page, '#plan'), []);
    await site.close(page);
  });

  it('says what is wrong with a dropped file, and plans the next one', async () => {
    const page = await site.open();
    await drop(page, 'one.csv', 'prompt,only\nfirst,1\nsecond,0\n');
    await refused(page, /^No plan was made: got one model, 'only', expected at least two: .*\.$/);
    await drop(page, 'torn.csv', 'dataset,id,prompt,a,b\nd,1,one,1,0\nd,2,"two');
    await refused(page, /torn\.csv, line/);
    assert.equal(await page.evaluate(() => document.querySelector('[data-headline]')), null);
    await drop(page, 'graded.csv', graded());
    await planned(page);
    assert.equal(await page.evaluate(() => document.querySelector('[data-plan-error]')), null);
    await site.close(page);
  });

  it('stops, and answers a prompt meanwhile', async () => {
    const page = await site.open();
    await page.chooseFiles('#plan-files', fileOf('large.csv', graded({ rows: 20_000 })));
    await page.until(() => document.querySelector('[data-plan-stop]') !== null);
    const before = await page.text('[data-neighbours]');
    await page.paste('#prompt', 'Prove that the square root of 2 is irrational.');
    await page.until((last) => document.querySelector('[data-neighbours]')?.textContent !== last, before);
    await page.click('[data-plan-stop]');
    await page.until(() => document.querySelector('[data-planning=stopped]')?.textContent === 'Stopped.');
    assert.equal(await page.evaluate(() => document.querySelector('[data-headline]')), null);
    await site.close(page);
  });

  it('plans again for each target, and asks for what a budget lacks', async () => {
    const page = await openPlan(site);
    await page.click('[name=plan-target][value=save]');
    await plannedFor(page, 'save');
    await page.type('#plan-at-most', '3');
    await page.press('Tab');
    await plannedFor(page, 'at-most');
    await page.click('[name=plan-target][value=budget]');
    await page.until(() =>
      document.querySelector('[data-planning=incomplete]')?.textContent.includes('answers a month'),
    );
    await page.type('#plan-budget', '500');
    await page.type('#plan-volume', '100000');
    await page.press('Tab');
    await plannedFor(page, 'budget');
    assert.match(await page.text('.plan-answer'), /At 100,000 answers a month/);
    await site.close(page);
  });

  it('compares with another model if asked, until there are other files', async () => {
    const page = await openPlan(site);
    await page.evaluate(() => {
      const choice = document.querySelector('#plan-baseline');
      choice.value = 'cheap';
      choice.dispatchEvent(new Event('change', { bubbles: true }));
    });
    await page.until(() => document.querySelector('.plan-chart .legend')?.textContent.includes('cheap alone'));
    await page.chooseFiles('#plan-files', fileOf('others.csv', graded({ dear: 'other' })));
    await page.until(() => document.querySelector('.plan-chart .legend')?.textContent.includes('other alone'));
    assert.equal(await page.evaluate(() => document.querySelector('#plan-baseline').value), '');
    await site.close(page);
  });

  it('draws no picture without costs, until a price list is chosen', async () => {
    const page = await openPlan(site, graded({ costs: false }));
    await page.until(() => document.querySelector('[data-no-picture]') !== null);
    assert.equal(await page.evaluate(() => document.querySelector('.plan-plot')), null);
    await page.click('#plan .planner summary');
    await page.chooseFiles('#plan-prices', fileOf('prices.csv', 'model,in,out\ndear,5,25\ncheap,0.1,0.4\n'));
    await page.until(() => document.querySelector('.plan-plot canvas') !== null);
    assert.match(await page.text('[data-headline]'), /per 1,000 answers/);
    await site.close(page);
  });

  it('moves along the curve by keys and by the pointer, and plans for the setting there', async () => {
    const page = await openPlan(site);
    const proposed = await here(page);
    assert.match(proposed, /^This is the proposed setting\. /, 'which the headline says');
    await page.evaluate(() => document.querySelector('#plan-setting').focus());
    await page.press('Home');
    await movedFrom(page, proposed);
    const cheapest = await here(page);
    const spoken = await page.evaluate(() => document.querySelector('#plan-setting').getAttribute('aria-valuetext'));
    assert.equal(spoken, cheapest);
    await page.press('Escape');
    await movedFrom(page, cheapest);
    assert.equal(await here(page), proposed);
    await page.clickAt('.plan-plot', [0.1, 0.95]);
    await movedFrom(page, proposed);
    assert.equal(await here(page), cheapest, 'the cheapest setting is nearest to that corner');
    await page.click('[data-use-setting]');
    await plannedFor(page, 'at-most');
    await site.close(page);
  });

  it('routes with the plan, and forgets it with the page', async () => {
    const page = await openPlan(site);
    await page.click('[data-route-with]');
    await routesOn(page, 'plan for graded');
    await page.type('#prompt', 'What is 12 plus 30?');
    await page.until(() => ['dear', 'cheap'].includes(document.querySelector('[data-pick]')?.textContent));
    assert.match(await page.text('[data-plan-routed]'), /The page now routes with this plan/);
    assert.deepEqual(await violations(page, '#plan'), []);
    await page.reload();
    await routesOn(page, 'the shipped benchmark');
    assert.equal(await page.evaluate(() => localStorage.length), 0);
    await site.close(page);
  });

  it('keeps words of prompts out of the plan if asked', async () => {
    const page = await site.open();
    await page.click('[data-plan-example]');
    const named = (await planned(page)) && (await page.text('[data-families]'));
    await page.click('#plan .planner summary');
    await page.click('#plan-no-words');
    await page.until((last) => document.querySelector('[data-families]').textContent !== last, named);
    const names = await page.evaluate(() =>
      [...document.querySelectorAll('[data-families] tbody tr')].map((row) => row.cells[0].firstChild.textContent),
    );
    for (const name of names) assert.match(name, /^family \d+$/);
    await site.close(page);
  });
});

describeSite(
  'a plan, in one browser',
  (site) => {
    it('downloads an index that routes in Node, and copies the table and the code', async () => {
      const page = await openPlan(site);
      const [download] = await Promise.all([page.raw.waitForEvent('download'), page.click('[data-download-plan]')]);
      assert.equal(download.suggestedFilename(), 'plan.sbx');
      const file = path.join(folder, 'plan.sbx');
      await download.saveAs(file);
      const router = await Router.load({ index: file });
      const { model } = await router.route('What is 12 plus 30?');
      assert.equal(model, 'cheap');
      const other = await router.route('How many arms does a starfish use?');
      assert.equal(other.model, 'dear');
      router.dispose();
      const [report] = await Promise.all([page.raw.waitForEvent('download'), page.click('[data-download-report]')]);
      assert.equal(report.suggestedFilename(), 'plan.html');
      assert.ok(readFileSync(await report.path(), 'utf8').includes('<!doctype html>'));
      await page.click('#plan-card summary');
      const [card] = await Promise.all([page.raw.waitForEvent('download'), page.click('[data-card-download]')]);
      assert.equal(card.suggestedFilename(), 'signalbox.png');
      const png = readFileSync(await card.path());
      assert.deepEqual([png.toString('latin1', 1, 4), png.readUInt32BE(16), png.readUInt32BE(20)], ['PNG', 1200, 630]);
      const { plan } = await planOf([fileFromBytes('graded.csv', Buffer.from(graded()))]);
      for (const [name, text] of Object.entries({ table: planTable(plan), code: planCode(plan) })) {
        await page.click(`[data-copy=${name}]`);
        await page.until((what) => document.querySelector('[data-plan-said]').textContent.includes(what), name);
        await page.evaluate(() => {
          for (const folded of document.querySelectorAll('#plan details')) folded.open = true;
        });
        assert.equal(await page.text(`[data-text=${name}]`), text);
      }
      await site.close(page);
    });

    it('moves along the curve under a finger, and the figures follow', async () => {
      const page = await openPlan(site);
      await page.evaluate(() => document.querySelector('.plan-plot').scrollIntoView({ behavior: 'instant' }));
      const session = await page.raw.context().newCDPSession(page.raw);
      await session.send('Emulation.setTouchEmulationEnabled', { enabled: true });
      const box = await page.raw.locator('.plan-plot').boundingBox();
      const touch = (type, across) =>
        session.send('Input.dispatchTouchEvent', {
          type,
          touchPoints: across === undefined ? [] : [{ x: box.x + across * box.width, y: box.y + box.height / 2 }],
        });
      const saved = () => page.evaluate(() => document.querySelector('[data-saved]').textContent);
      await touch('touchStart', 0.15);
      for (const across of [0.1, 0.05]) await touch('touchMove', across);
      const cheap = await page.until(() => document.querySelector('[data-saved]').textContent);
      for (const across of [0.3, 0.6, 0.95]) await touch('touchMove', across);
      await page.until((last) => document.querySelector('[data-saved]').textContent !== last, cheap);
      await touch('touchEnd');
      assert.ok(Number.parseInt(cheap, 10) > Number.parseInt(await saved(), 10), `${cheap}, then ${await saved()}`);
      await site.close(page);
    });

    for (const colorScheme of ['light', 'dark']) {
      it(`is readable in ${colorScheme} colours, and fits a screen of 360 pixels`, async () => {
        const page = await site.open();
        await page.raw.emulateMedia({ colorScheme });
        await page.click('[data-plan-example]');
        await planned(page);
        await page.evaluate(() => {
          for (const folded of document.querySelectorAll('#plan details')) folded.open = true;
        });
        await page.until(() => document.querySelector('[data-settings] tr') !== null);
        assert.deepEqual(await violations(page, '#plan'), []);
        await page.raw.setViewportSize({ width: 360, height: 740 });
        assert.deepEqual(await violations(page, '#plan'), []);
        const { scrollWidth } = await page.evaluate(() => ({ scrollWidth: document.documentElement.scrollWidth }));
        assert.ok(scrollWidth <= 360, `the page is ${scrollWidth} pixels wide on a screen of 360`);
        await site.close(page);
      });
    }
  },
  ['chromium'],
);
