// The map of the benchmark: what a person sees of it, and what it tells who cannot see it.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { violations } from './axe.mjs';
import { describeSite } from './site-page.mjs';

/** Pixels of the samples' canvas that are not empty, and how many colours they have. */
const pixels = () => {
  const canvas = document.querySelector('.map-host canvas');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const colours = new Set();
  let drawn = 0;
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] < 200) continue;
    drawn += 1;
    colours.add((data[i] << 16) | (data[i + 1] << 8) | data[i + 2]);
  }
  return { drawn, colours: colours.size };
};
const isDrawn = () => document.querySelector('.map-host')?.dataset.place !== undefined;
const placeOf = (page) => page.evaluate(() => document.querySelector('.map-host').dataset.place);
const readout = (page) => page.text('[data-readout]');

async function openMap(site) {
  const page = await site.open();
  await page.until(isDrawn);
  await page.evaluate(() => document.querySelector('#map').scrollIntoView());
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  return page;
}

describeSite('the map', (site) => {
  it('draws the samples in the colours of their tasks, and of one task alone', async () => {
    const page = await openMap(site);
    const all = await page.evaluate(pixels);
    assert.ok(all.drawn > 5000 && all.colours > 40, JSON.stringify(all));
    assert.equal(await page.evaluate(() => document.querySelectorAll('.map-legend li').length), 42);
    await page.click('.map-legend li:first-child button');
    await page.until(() => document.querySelector('.map-legend button').ariaPressed === 'true');
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    const one = await page.evaluate(pixels);
    assert.ok(one.drawn < all.drawn / 2, `the others fade: ${one.drawn} of ${all.drawn}`);
    await site.close(page);
  });

  it('moves the prompt among its own neighbours with every decision', async () => {
    const page = await openMap(site);
    const before = await placeOf(page);
    await page.click('.samples li:nth-child(3) button');
    await page.until((old) => document.querySelector('.map-host').dataset.place !== old, before);
    await page.click('#map .folded summary');
    await page.until(() => document.querySelector('[data-map-neighbours]') !== null);
    const names = (selector) =>
      page.evaluate(
        (table) => [...document.querySelectorAll(`${table} th`)].map((cell) => cell.textContent.trim()),
        selector,
      );
    const [prompt, ...near] = await names('[data-map-neighbours]');
    assert.equal(prompt, 'the prompt');
    assert.deepEqual(near, await names('[data-neighbours]'));
    assert.equal((await names('[data-map-tasks]'))[0], 'bbh_sports_understanding');
    await page.type('#prompt', '');
    await page.until(() => document.querySelector('.map-host').dataset.place === undefined);
    assert.match(await readout(page), /no place here/);
    await site.close(page);
  });

  it('is zoomed, moved and read by keys', async () => {
    const page = await openMap(site);
    const zoom = () => page.evaluate(() => Number(document.querySelector('.map-host').dataset.zoom));
    await page.evaluate(() => document.querySelector('.map-host').focus());
    await page.press('+');
    assert.equal(await zoom(), 1.5);
    const shown = await page.evaluate(pixels);
    await page.press('ArrowRight');
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    assert.notDeepEqual(await page.evaluate(pixels), shown);
    await page.press('0');
    assert.equal(await zoom(), 1);
    const seen = new Set();
    for (let i = 0; i < 5; ++i) {
      await page.press('Enter');
      seen.add(await readout(page));
    }
    assert.equal(seen.size, 5);
    assert.match([...seen][0], /^mmlu_pro_health 6668: 26 of 56 models right, the pick was right\.$/);
    await page.click('.map-buttons button:nth-child(4)');
    assert.ok((await zoom()) > 2, 'the prompt and its neighbours fill the view');
    await site.close(page);
  });

  it('tells the sample under the pointer, and who wins where', async () => {
    const page = await openMap(site);
    for (let x = 0.3; x < 0.7; x += 0.02) {
      await page.moveTo('.map-host', [x, 0.5]);
      if (/^\w+ \d+: \d+ of 56 models right/.test(await readout(page))) break;
    }
    assert.match(await readout(page), /^\w+ \d+: \d+ of 56 models right/);
    await page.click('[value=winner]');
    await page.until(() => document.querySelector('.map-legend').textContent.includes('another model'));
    assert.match(await page.text('.map-legend'), /Qwen\/Qwen2.5-72B-Instruct/);
    await page.click('[value=right]');
    await page.until(() => document.querySelector('.map-legend').textContent.includes('wrong'));
    const [right, wrong] = await page.evaluate(() =>
      [...document.querySelectorAll('.map-legend small')].map((cell) => Number(cell.textContent.replace(/\D/g, ''))),
    );
    assert.equal(right + wrong, 19090);
    await site.close(page);
  });

  it('leaves the wheel to the page until it is meant', async () => {
    const page = await openMap(site);
    await page.wheel('.map-host', [0.5, 0.5], -300);
    const zoom = () => page.evaluate(() => Number(document.querySelector('.map-host').dataset.zoom));
    assert.equal(await zoom(), 1);
    await page.clickAt('.map-host', [0.5, 0.5]);
    await page.wheel('.map-host', [0.5, 0.5], -300);
    await page.until(() => Number(document.querySelector('.map-host').dataset.zoom) > 1);
    await site.close(page);
  });
});

describeSite(
  'the map, read by axe-core',
  (site) => {
    it('has no violation, its tables open', async () => {
      const page = await openMap(site);
      await page.click('#map .folded summary');
      for (const colorScheme of ['light', 'dark']) {
        await page.raw.emulateMedia({ colorScheme });
        assert.deepEqual(await violations(page, '#map'), []);
      }
      await site.close(page);
    });
  },
  ['chromium'],
);
