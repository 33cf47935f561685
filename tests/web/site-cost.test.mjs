// Quality against cost: the effect of the dial, prices and checkboxes on the pick, in the chart and its table.
import assert from 'node:assert/strict';
import { cpSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { it } from 'node:test';
import { buildIndex } from '../../dist/build.js';
import { StaticEmbedder } from '../../dist/index.js';
import { describeSiteOn, HORMONE, OPENLLM, replaceIndex } from './site-page.mjs';

const CHEAPEST = 'google/gemma-2b-it';
const BEST = 'Qwen/Qwen2.5-72B-Instruct';
/** Nearly as good as the best, and cheaper: the pick for the first prompt if the dial is not at its best end. */
const PICK = 'meta-llama/Meta-Llama-3.1-70B-Instruct';
/** A little worse than the pick, at its price. */
const RUNNER_UP = 'Qwen/Qwen2-72B-Instruct';

const picked = (page) => page.text('[data-pick]');
const isPicked = (page, model) =>
  page.until((name) => document.querySelector('[data-pick]')?.textContent === name, model);
const isNotPicked = (page, model) =>
  page.until((name) => ![null, name].includes(document.querySelector('[data-pick]')?.textContent ?? null), model);
const attribute = (page, selector, name) =>
  page.evaluate((at, what) => document.querySelector(at)?.getAttribute(what), selector, name);
const rows = (page, selector) =>
  page.evaluate(
    (at) =>
      [...document.querySelectorAll(`${at} tr`)].map((row) => [...row.cells].map((cell) => cell.textContent.trim())),
    selector,
  );

async function openTable(page) {
  await page.click('#cost .folded:not(#cost-candidates) summary');
  await page.until(() => document.querySelector('[data-points] tr') !== null);
}

async function openCandidates(page) {
  await page.click('#cost-candidates summary');
  await page.until(() => document.querySelector('[data-candidates] tr') !== null);
}

const priceField = (model, side = 'in') => `[aria-label="Price ${side} of ${model}"]`;
const checkbox = (model) => `[aria-label="${model} may be picked"]`;
const CHART = '.cost-plot';
const CHEAPER = '.step:nth-of-type(1)';
const BETTER = '.step:nth-of-type(2)';

/** Moves the dial to its cheap end, where the pick may be up to 5 points below the best. */
async function toCheap(page) {
  await page.evaluate(() => document.querySelector('#cost-dial').focus());
  await page.press('Home');
  await page.until(() => document.querySelector('#dial').value === '0');
}

async function setPrice(page, model, text, side) {
  await page.type(priceField(model, side), text);
  await page.press('Enter');
}

describeSiteOn(OPENLLM, 'quality against cost', (site) => {
  it('drags the dial to a better pick and back', async () => {
    const page = await site.open({ fragment: HORMONE });
    assert.equal(await picked(page), PICK);
    await page.drag('#cost-dial', [0.5, 0.5], [0.98, 0.5]);
    await isPicked(page, BEST);
    const band = await page.text('.legend');
    await page.drag('#cost-dial', [0.98, 0.5], [0.5, 0.5]);
    await isPicked(page, PICK);
    assert.notEqual(await page.text('.legend'), band, 'the band moves with the dial');
    await site.close(page);
  });

  it('follows the keyboard from cheap to best, on either of the two dials', async () => {
    const page = await site.open({ fragment: HORMONE });
    await page.click('#cost-dial');
    await page.press('Home');
    await page.until(() => document.querySelector('#dial').value === '0');
    assert.match(await attribute(page, '#dial', 'aria-valuetext'), /^cheap: the cheapest model within 5 points/);
    await page.click('#dial');
    await page.press('End');
    await isPicked(page, BEST);
    assert.match(await attribute(page, '#cost-dial', 'aria-valuetext'), /^best: the best model at any price/);
    await page.press('ArrowLeft');
    await isPicked(page, PICK);
    assert.match(await attribute(page, '#cost-dial', 'aria-valuetext'), /^balanced: .* within 2 points/);
    await site.close(page);
  });

  it('steps to the pick that a button names, to the end and all the way back', async () => {
    const page = await site.open({ fragment: HORMONE });
    const walk = async (step) => {
      const seen = [await picked(page)];
      while ((await attribute(page, step, 'aria-disabled')) === 'false') {
        const named = (await page.text(`${step} bdi`)).trim();
        await page.click(step);
        await page.until((name) => document.querySelector('[data-pick]')?.textContent.endsWith(name), named);
        seen.push(await picked(page));
      }
      // At the end, pressing the button does nothing.
      await page.clickAt(step, [0.5, 0.5]);
      await page.press('Enter');
      assert.equal(await picked(page), seen.at(-1));
      return seen;
    };
    await walk(BETTER);
    assert.equal(await picked(page), BEST);
    const down = await walk(CHEAPER);
    assert.deepEqual(down, [BEST, PICK]);
    assert.deepEqual((await walk(BETTER)).reverse(), down);
    await site.close(page);
  });

  it('picks another model when its price is changed, and the first one when the price is reset', async () => {
    const page = await site.open({ fragment: HORMONE });
    await toCheap(page);
    await openCandidates(page);
    await setPrice(page, RUNNER_UP, '0.05');
    await setPrice(page, RUNNER_UP, '0.05', 'out');
    await isPicked(page, RUNNER_UP);
    await page.click(`[aria-label="Reset the price of ${RUNNER_UP}"]`);
    await isPicked(page, PICK);
    assert.equal(
      await page.evaluate((field) => document.querySelector(field) === document.activeElement, priceField(RUNNER_UP)),
      true,
      'the focus stays in the row',
    );
    await setPrice(page, RUNNER_UP, '0.05');
    await setPrice(page, RUNNER_UP, '0.05', 'out');
    await isPicked(page, RUNNER_UP);
    await setPrice(page, RUNNER_UP, '');
    await isPicked(page, PICK);
    await site.close(page);
  });

  it('uses one price for both sides if none was known, and shows a price of zero as free', async () => {
    const page = await site.open({ fragment: HORMONE });
    await toCheap(page);
    await openCandidates(page);
    await page.type('.candidates [type=search]', 'solar-pro');
    await setPrice(page, 'upstage/solar-pro-preview-instruct', '0');
    await page.until(() => document.querySelector('#cost-candidates summary').textContent.includes('19 with a price'));
    await isPicked(page, 'upstage/solar-pro-preview-instruct');
    await openTable(page);
    const [cheapest] = await rows(page, '[data-points]');
    assert.deepEqual(cheapest.slice(0, 2), ['upstage/solar-pro-preview-instruct the pick', 'free']);
    await site.close(page);
  });

  it('refuses an invalid price, says why, and keeps the old one', async () => {
    const page = await site.open({ fragment: HORMONE });
    await openCandidates(page);
    for (const text of ['abc', '-1', '1e3', '1,5', '0x10', '2000000', 'Infinity']) {
      await setPrice(page, PICK, text);
      await page.until(() => document.querySelector('.refused') !== null);
      assert.equal(await attribute(page, priceField(PICK), 'aria-invalid'), 'true');
      assert.match(await page.text('.refused'), /Not a price.*The old price still applies/);
    }
    await openTable(page);
    const row = (await rows(page, '[data-points]')).find(([model]) => model.startsWith(PICK));
    assert.equal(row[1], '$0.90');
    await page.click(priceField(PICK));
    await page.press('Escape');
    await page.until(() => document.querySelector('.refused') === null);
    assert.equal(await page.evaluate((field) => document.querySelector(field).value, priceField(PICK)), '0.9');
    await site.close(page);
  });

  it('picks the next model when the pick is excluded, says so when all are, and recovers', async () => {
    const page = await site.open({ fragment: HORMONE });
    await toCheap(page);
    await openCandidates(page);
    await page.click(checkbox(PICK));
    await isPicked(page, RUNNER_UP);
    await page.click('.candidates .buttons button:nth-child(2)');
    await page.until(() => document.querySelector('[data-cost-failed]')?.textContent.startsWith('No model is left'));
    assert.match(await page.text('.ask-answer [role=alert]'), /No model is left/);
    assert.match(await page.text('.candidates [role=status]'), /0 of 56 models may be picked/);
    await page.click(checkbox(CHEAPEST));
    await isPicked(page, CHEAPEST);
    await page.until(() => document.querySelector('[data-cost-failed]') === null);
    await page.click('.candidates .buttons button:nth-child(1)');
    await isPicked(page, PICK);
    await site.close(page);
  });

  it('finds models by name, and lets only those be picked', async () => {
    const page = await site.open({ fragment: HORMONE });
    await openCandidates(page);
    await page.type('.candidates [type=search]', 'mistralai');
    await page.until(() => document.querySelectorAll('[data-candidates] tr').length < 10);
    await page.click('.candidates .buttons button:nth-child(3)');
    await page.until(() => document.querySelector('[data-pick]')?.textContent.startsWith('mistralai/'));
    await page.type('.candidates [type=search]', '');
    await page.click('.candidates .buttons button:nth-child(1)');
    await isPicked(page, PICK);
    await page.click('[data-priced-only]');
    await page.until(() => document.querySelector('.candidates [role=status]').textContent.startsWith('18 of 56'));
    await page.until(() => !document.querySelector('.cost-side').textContent.includes('not shown'));
    await site.close(page);
  });

  it('has the same numbers in its table as the ranking', async () => {
    const page = await site.open({ fragment: HORMONE });
    assert.match(await page.text('.cost-side'), /38 of 56 candidates have no price and are not shown/);
    await openTable(page);
    await page.click('#why .columns > div > button');
    await page.until(() => document.querySelectorAll('[data-ranking] tr').length === 56);
    const nameOf = (cell) => cell.replace(/\s*the pick$/, '');
    const ranked = (await rows(page, '[data-ranking]'))
      .filter(([, , , price]) => price !== 'unknown')
      .map(([model, chance, interval, price]) => [nameOf(model), price, chance, interval]);
    const points = (await rows(page, '[data-points]')).map(([model, ...others]) => [nameOf(model), ...others]);
    assert.equal(points.length, 18);
    assert.deepEqual(points.map((row) => row.slice(0, 4)).sort(), ranked.sort());
    const dollars = points.map(([, price]) => Number(price.slice(1)));
    assert.deepEqual(
      dollars,
      dollars.toSorted((a, b) => a - b),
    );
    // On the frontier everything that costs more is better.
    const frontier = points.filter((row) => row[4] === 'yes');
    const chances = frontier.map(([, , chance]) => Number.parseInt(chance, 10));
    assert.deepEqual(
      chances,
      chances.toSorted((a, b) => a - b),
    );
    assert.deepEqual([frontier[0][0], frontier.at(-1)[0]], [CHEAPEST, BEST]);
    await site.close(page);
  });

  it('steps through the points by keyboard, and deselects with Escape', async () => {
    const page = await site.open({ fragment: HORMONE });
    await openTable(page);
    const said = () => attribute(page, CHART, 'aria-valuetext');
    await page.evaluate((chart) => document.querySelector(chart).focus(), CHART);
    assert.equal(await said(), 'no model selected');
    const points = (await rows(page, '[data-points]')).map(([model]) => model.replace(/\s*the pick$/, ''));
    const steps = {
      Home: 0,
      ArrowRight: 1,
      ArrowUp: 2,
      ArrowLeft: 1,
      End: points.length - 1,
      PageDown: points.length - 11,
    };
    for (const [key, at] of Object.entries(steps)) {
      await page.press(key);
      await page.until((i) => document.querySelectorAll('[data-points] tr')[i].classList.contains('selected'), at);
      assert.ok((await said()).startsWith(`${points[at]}: $`), `${key} goes to ${points[at]}`);
      assert.match(await page.text('[data-tip]'), /interval \d+% to \d+%/);
    }
    await page.press('Escape');
    await page.until(() => document.querySelector('[data-tip]') === null);
    assert.equal(await said(), 'no model selected');
    await site.close(page);
  });

  it('selects the point that is clicked, in the chart or in the table', async () => {
    const page = await site.open({ fragment: HORMONE });
    await openTable(page);
    await page.click('[data-points] tr:first-child button');
    await page.until((name) => document.querySelector('[data-tip]')?.textContent.startsWith(name), CHEAPEST);
    // The cheapest point is far left and low, so its tooltip is 16 px to the right and 12 px above.
    const at = await page.evaluate((chart) => {
      const tip = document.querySelector('[data-tip]').getBoundingClientRect();
      const box = document.querySelector(chart).getBoundingClientRect();
      return [(tip.left - 16 - box.left) / box.width, (tip.bottom + 12 - box.top) / box.height];
    }, CHART);
    await page.clickAt(CHART, [0.5, 0.05]);
    await page.until(() => document.querySelector('[data-selected]') === null);
    await page.moveTo(CHART, at);
    await page.until((name) => document.querySelector('[data-tip]')?.textContent.startsWith(name), CHEAPEST);
    await page.clickAt(CHART, at);
    await page.until((name) => document.querySelector('[data-selected]')?.textContent.startsWith(name), CHEAPEST);
    assert.match(await page.text('[data-selected]'), /This model is on the frontier/);
    assert.equal(await attribute(page, '[data-points] tr:first-child button', 'aria-pressed'), 'true');
    await site.close(page);
  });

  it('has no violation that axe finds', { skip: site.kind !== 'chromium' && 'one browser is enough' }, async () => {
    const page = await site.open({ fragment: HORMONE });
    await openTable(page);
    await openCandidates(page);
    await setPrice(page, PICK, 'abc');
    await page.press('Tab');
    await page.evaluate((chart) => document.querySelector(chart).focus(), CHART);
    await page.press('End');
    const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    for (const colorScheme of ['light', 'dark']) {
      await page.raw.emulateMedia({ colorScheme });
      await page.raw.evaluate(axe);
      const violations = await page.evaluate(async () =>
        (await globalThis.axe.run('#cost')).violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]),
      );
      assert.deepEqual(violations, [], colorScheme);
    }
    await site.close(page);
  });

  it('says what to do if no model has a price, and draws a model once it gets one', async () => {
    const page = await openOn(site, [{ name: 'one' }, { name: '<img src=x onerror=alert(1)>' }]);
    assert.match(await page.text('[data-no-prices]'), /None of the 2 candidates has a price/);
    await page.click('[data-no-prices] button');
    await page.until(() => document.querySelector('#cost-candidates').open);
    await setPrice(page, 'one', '2');
    await page.until(() => document.querySelector('.cost-plot') !== null);
    assert.match(await page.text('.cost-side'), /1 of 2 candidates has no price and is not shown/);
    await site.close(page);
  });

  it('stays usable with 300 models', async () => {
    const price = (i) => ({ usdPerMTokIn: 0.01 * i, usdPerMTokOut: 0.02 * i });
    const page = await openOn(
      site,
      Array.from({ length: 300 }, (_, i) => ({ name: `maker/model-${i}`, ...price(i) })),
    );
    await openTable(page);
    await openCandidates(page);
    await page.until(() => document.querySelectorAll('[data-points] tr').length === 300);
    assert.equal((await rows(page, '[data-candidates]')).length, 60);
    await page.click('.candidates-list > button');
    await page.until(() => document.querySelectorAll('[data-candidates] tr').length === 120);
    await page.click('#cost-dial');
    const balanced = await picked(page);
    await page.press('End');
    await isNotPicked(page, balanced);
    await page.press('Home');
    await page.until(() => document.querySelector('#dial').value === '0');
    assert.match(await page.text('[data-points] tr:first-child'), /free/);
    await site.close(page);
  });
});

/** A second copy of the site with another benchmark, in which later models are better. */
async function openOn(site, models) {
  const folder = `models-${models.length}`;
  const target = path.join(site.host.folder, folder);
  cpSync(path.join(site.host.folder, 'site'), target, { recursive: true });
  await replaceIndex(target, await benchmarkOf(models));
  return site.open({ folder });
}

async function benchmarkOf(models) {
  const embedder = await StaticEmbedder.load();
  const words = ['hormone', 'pancreas', 'ball', 'fall', 'law', 'court', 'poem', 'line'];
  const prompts = Array.from({ length: 80 }, (_, i) => `${words[i % 8]} ${words[(i * 3) % 8]} ${i}`);
  const vectors = await embedder.embed(prompts);
  // The share of correct answers grows with the model's number; the correct ones differ.
  const isRight = (row, m) => (row * 37 + m * 11) % 80 < (80 * (m + 1)) / (models.length + 1);
  return buildIndex({
    models,
    tasks: prompts.map((_, i) => (i < 40 ? 'first' : 'second')),
    embeddings: Float32Array.from(vectors.flatMap(({ vector }) => [...vector])),
    dim: embedder.dim,
    outcomes: prompts.flatMap((_, row) => models.map((_, m) => (isRight(row, m) ? 1 : 0))),
    embedder,
  });
}
