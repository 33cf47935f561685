// The map of the benchmark: its picture, and its tables for users who cannot see it.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, it } from 'node:test';
import { seal } from '../package/support/forgeries.mjs';
import { violations } from './axe.mjs';
import { describeSite, describeSiteOn, HORMONE, OPENLLM } from './site-page.mjs';

/** Returns the number of drawn pixels of the samples' canvas, the number of their colours, and a hash. */
const pixels = () => {
  const canvas = document.querySelector('.map-host canvas');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const ground = data.slice(0, 3);
  const colours = new Set();
  let [drawn, strong, hash] = [0, 0, 0];
  for (let i = 0; i < data.length; i += 4) {
    const far = Math.max(...[0, 1, 2].map((channel) => Math.abs(data[i + channel] - ground[channel])));
    if (far === 0) continue;
    drawn += 1;
    if (far > 110) strong += 1;
    hash = (31 * hash + i + data[i]) | 0;
    colours.add((data[i] << 16) | (data[i + 1] << 8) | data[i + 2]);
  }
  return { drawn, strong, colours: colours.size, hash };
};
const drawnAnew = (page) =>
  page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
/** Waits until smooth scrolling has ended, since the page moves below the pointer. */
const scrolled = (page) =>
  page.evaluate(async () => {
    for (let [still, last] = [0, -1]; still < 15; still = scrollY === last ? still + 1 : 0) {
      last = scrollY;
      await new Promise(requestAnimationFrame);
    }
    return scrollY;
  });
const zoomOf = (page) => page.evaluate(() => Number(document.querySelector('.map-host').dataset.zoom));
const SAMPLE = /^(\d of 5 nearest: )?\w+ \d+: \d+ of 56 models right/;

/** Returns the index of 2024 without its map: the section gets a type that no reader knows. */
function withoutMap() {
  const file = readFileSync(OPENLLM);
  for (let at = 64; at < 64 + 24 * file.readUInt32LE(24); at += 24) {
    if (file.readUInt32LE(at) === 16) file.writeUInt32LE(4000, at);
  }
  return seal(file);
}
const folder = mkdtempSync(path.join(tmpdir(), 'signalbox-map-'));
const old = path.join(folder, 'old.sbx');
writeFileSync(old, withoutMap());
after(() => rmSync(folder, { recursive: true, force: true }));

const isDrawn = () => document.querySelector('.map-host')?.dataset.place !== undefined;
const placeOf = (page) => page.evaluate(() => document.querySelector('.map-host').dataset.place);
const readout = (page) => page.text('[data-readout]');

async function openMap(site) {
  const page = await site.open({ fragment: HORMONE });
  await page.until(isDrawn);
  await page.evaluate(() => document.querySelector('#map').scrollIntoView({ behavior: 'instant' }));
  await drawnAnew(page);
  return page;
}

describeSiteOn(OPENLLM, 'the map', (site) => {
  it('draws the samples in the colours of their tasks, and of one task alone', async () => {
    const page = await openMap(site);
    const all = await page.evaluate(pixels);
    assert.ok(all.drawn > 5000 && all.colours > 40, JSON.stringify(all));
    await page.evaluate(() => {
      for (const fold of document.querySelectorAll('.map-legend [data-fold]')) fold.click();
    });
    await page.until(() => document.querySelectorAll('[data-category]').length === 42);
    await page.click('[data-category=bbh_snarks] button');
    await page.until(() => document.querySelector('[data-category=bbh_snarks] button').ariaPressed === 'true');
    await drawnAnew(page);
    const one = await page.evaluate(pixels);
    assert.ok(one.strong < all.strong / 10, `the others fade: ${one.strong} of ${all.strong}`);
    await page.click('[data-family=bbh_] > button');
    await page.until(() => document.querySelectorAll('[data-family=bbh_] [aria-pressed=true]').length === 25);
    await drawnAnew(page);
    const family = await page.evaluate(pixels);
    assert.ok(family.strong > 3 * one.strong && family.strong < all.strong, JSON.stringify(family));
    await page.click('[data-family=bbh_] > button');
    await page.until(() => document.querySelector('.map-legend [aria-pressed=true]') === null);
    await drawnAnew(page);
    assert.deepEqual(await page.evaluate(pixels), all);
    await site.close(page);
  });

  it('has a legend with one tab stop, whose families unfold and whose entries the arrow keys reach', async () => {
    const page = await openMap(site);
    const stops = () =>
      page.evaluate(
        () => [...document.querySelectorAll('.map-legend button')].filter(({ tabIndex }) => tabIndex === 0).length,
      );
    const focused = () =>
      page.evaluate(() => document.activeElement.closest('[data-category], [data-family]').outerHTML);
    assert.equal(await stops(), 1);
    await page.evaluate(() => document.querySelector('.map-legend button[tabindex="0"]').focus());
    assert.match(await focused(), /data-family="bbh_"/);
    await page.press('ArrowRight');
    await page.press('Enter');
    await page.until(() => document.querySelectorAll('[data-family=bbh_] [data-category]').length === 24);
    assert.equal(await stops(), 1, 'also with the entries of a family');
    await page.press('ArrowDown');
    assert.match(await focused(), /^<li data-category="bbh_/);
    await page.press('Enter');
    await page.until(() => document.activeElement.ariaPressed === 'true');
    await page.press('End');
    assert.equal(
      await page.evaluate(() => document.activeElement === [...document.querySelectorAll('.map-legend button')].at(-1)),
      true,
    );
    await page.press('Home');
    assert.match(await focused(), /data-family="bbh_"/);
    assert.equal(await stops(), 1);
    await site.close(page);
  });

  it('moves the prompt among its own neighbours with every decision', async () => {
    const page = await openMap(site);
    const before = await placeOf(page);
    await page.paste('#prompt', 'Is this sentence about sports plausible: "The goalkeeper scored a home run"?');
    await page.until((old) => document.querySelector('.map-host').dataset.place !== old, before);
    await page.click('#map .folded summary');
    await page.until(() => document.querySelector('[data-map-tasks]') !== null);
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
    assert.match(await readout(page), /not on the map/);
    await site.close(page);
  });

  it('zooms, moves and selects by keyboard', async () => {
    const page = await openMap(site);
    await page.evaluate(() => document.querySelector('.map-host').focus());
    await page.press('+');
    assert.equal(await zoomOf(page), 1.5);
    const shown = await page.evaluate(pixels);
    await page.press('ArrowRight');
    await drawnAnew(page);
    assert.notDeepEqual(await page.evaluate(pixels), shown);
    await page.press('0');
    assert.equal(await zoomOf(page), 1);
    const seen = new Set();
    for (let i = 0; i < 5; ++i) {
      await page.press('Enter');
      seen.add(await readout(page));
    }
    assert.equal(seen.size, 5);
    assert.match([...seen][0], /^1 of 5 nearest: mmlu_pro_health 6668: 26 of 56 models right, the pick was right\.$/);
    await page.click('.map-buttons button:nth-child(4)');
    assert.ok((await zoomOf(page)) > 2, 'the prompt and its neighbours fill the view');
    await site.close(page);
  });

  it('keeps a clicked sample, brings a neighbour into view, and deselects both', async () => {
    const page = await openMap(site);
    const at = await placeOf(page);
    await page.click('.map-buttons button:nth-child(4)');
    for (let x = 0.3; x < 0.7 && !SAMPLE.test(await readout(page)); x += 0.02)
      await page.clickAt('.map-host', [x, 0.5]);
    const clicked = await readout(page);
    assert.match(clicked, SAMPLE);
    await page.moveTo('#prompt', [0.05, 0.5]);
    assert.equal(await readout(page), clicked, 'also when the pointer is gone');
    await page.press('Escape');
    assert.match(await readout(page), /^Point at a sample/);
    for (let i = 0; i < 12; ++i) await page.press('ArrowLeft');
    await drawnAnew(page);
    const before = await page.evaluate(pixels);
    await page.press(' ');
    await drawnAnew(page);
    assert.match(await readout(page), /^1 of 5 nearest/);
    assert.notEqual((await page.evaluate(pixels)).hash, before.hash, 'the view went to the neighbour');
    assert.equal(await placeOf(page), at);
    await site.close(page);
  });

  it('describes the sample under the pointer, and colours by the best model nearby', async () => {
    const page = await openMap(site);
    for (let x = 0.3; x < 0.7; x += 0.02) {
      await page.moveTo('.map-host', [x, 0.5]);
      if (SAMPLE.test(await readout(page))) break;
    }
    assert.match(await readout(page), SAMPLE);
    await page.click('[value=winner]');
    await page.until(() => document.querySelector('.map-legend')?.textContent.includes('another model'));
    assert.match(await page.text('.map-legend'), /Qwen\/Qwen2.5-72B-Instruct/);
    await page.click('[value=right]');
    await page.until(() => document.querySelector('.map-legend')?.textContent.includes('wrong'));
    const [right, wrong] = await page.evaluate(() =>
      [...document.querySelectorAll('.map-legend small')].map((cell) => Number(cell.textContent.replace(/\D/g, ''))),
    );
    assert.equal(right + wrong, 19090);
    const named = '#map select';
    await page.evaluate((select) => {
      const found = document.querySelector(select);
      found.value = '0';
      found.dispatchEvent(new Event('change', { bubbles: true }));
    }, named);
    await page.until((pick) => {
      const shown = document.querySelector('.map-legend small').textContent.replace(/\D/g, '');
      return shown !== '' && Number(shown) !== pick;
    }, right);
    await site.close(page);
  });

  it('leaves the wheel to the page until the user clicks the map', async () => {
    const page = await openMap(site);
    await page.moveTo('.map-host', [0.5, 0.5]);
    const top = await scrolled(page);
    await page.wheel('.map-host', [0.5, 0.5], -300);
    await page.until((before) => scrollY < before, top);
    await scrolled(page);
    assert.equal(await zoomOf(page), 1);
    await page.clickAt('.map-host', [0.5, 0.5]);
    await page.wheel('.map-host', [0.5, 0.5], -300);
    await page.until(() => Number(document.querySelector('.map-host').dataset.zoom) > 1);
    const zoomed = await zoomOf(page);
    // Another position in the window: scrolling below the pointer is not a movement.
    await page.moveTo('#map-title', [0.05, 0.5]);
    await page.wheel('.map-host', [0.5, 0.5], -300);
    await scrolled(page);
    assert.equal(await zoomOf(page), zoomed, 'leaving the map gives the wheel back');
    await site.close(page);
  });

  it('follows another benchmark, also one without a map, which keeps its tables', async () => {
    const page = await openMap(site);
    await page.chooseFiles('#open-index', old);
    await page.until(() => document.querySelector('[data-no-map]') !== null);
    assert.equal(await page.evaluate(() => document.querySelector('.map-host')), null);
    await page.click('#map .folded summary');
    await page.until(() => document.querySelector('[data-map-tasks]') !== null);
    const cells = (selector) =>
      page.evaluate((rows) => [...document.querySelectorAll(rows)].map((cell) => cell.textContent.trim()), selector);
    assert.deepEqual(await cells('[data-map-neighbours] th'), await cells('[data-neighbours] th'));
    assert.equal((await cells('[data-map-tasks] th')).length, 42);
    assert.deepEqual(await cells('#map table:first-of-type thead th'), [
      ...['Task and sample', 'Similarity'],
      ...['Task', 'Weight', 'Samples', 'Pick was right', 'Best model'],
    ]);
    await site.close(page);
  });
});

/** Touches the map in Chromium. Each finger is a list of positions, as shares of the map. */
async function touch(page, ...fingers) {
  const session = await page.raw.context().newCDPSession(page.raw);
  await session.send('Emulation.setTouchEmulationEnabled', { enabled: true, maxTouchPoints: 2 });
  const box = await page.raw.locator('.map-host').boundingBox();
  const points = (step) =>
    fingers.map((places, id) => ({
      id,
      x: box.x + places[step][0] * box.width,
      y: box.y + places[step][1] * box.height,
    }));
  await session.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: points(0) });
  for (let step = 1; step < fingers[0].length; ++step) {
    await session.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: points(step) });
  }
  await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await session.detach();
}

describeSiteOn(
  OPENLLM,
  'the map, touched',
  (site) => {
    it('describes a tapped sample; two fingers zoom, and one finger does not move the map', async () => {
      const page = await openMap(site);
      for (let x = 0.3; x < 0.7 && !SAMPLE.test(await readout(page)); x += 0.05) await touch(page, [[x, 0.5]]);
      assert.match(await readout(page), SAMPLE);
      await touch(page, [[0.45, 0.5], [0.35, 0.5], [0.25, 0.5]], [[0.55, 0.5], [0.65, 0.5], [0.75, 0.5]]); // biome-ignore format: a finger is a list
      assert.ok((await zoomOf(page)) > 2, String(await zoomOf(page)));
      await drawnAnew(page);
      const before = await page.evaluate(pixels);
      await touch(page, [[0.5, 0.6], [0.5, 0.5], [0.5, 0.4]]); // biome-ignore format: a finger is a list
      await drawnAnew(page);
      assert.deepEqual(await page.evaluate(pixels), before);
      await site.close(page);
    });
  },
  ['chromium'],
);

describeSite(
  'the map, read by axe-core',
  (site) => {
    it('has no violation with its tables open', async () => {
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
