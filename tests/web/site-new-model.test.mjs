// A model is added to the user's own benchmark in the page: the rows are downloaded, the results dropped.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, it } from 'node:test';
import { violations } from './axe.mjs';
import { describeSite } from './site-page.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'signalbox-new-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const lines = ['dataset,id,prompt,counts-well,knows-animals'];
for (let i = 0; i < 40; ++i) {
  lines.push(`sums,${i},What is ${i} plus ${3 * i}?,1,0`, `animals,${i},Which sea animal has ${i} arms?,0,1`);
}
const own = path.join(folder, 'results.csv');
writeFileSync(own, lines.join('\n'));

const routesOn = (page, name) =>
  page.until((wanted) => document.querySelector('[data-benchmark]')?.textContent === wanted, name);
const said = (page, text) =>
  page.until((wanted) => document.querySelector('[data-build-status]')?.textContent.includes(wanted), text);

describeSite('a new model', (site) => {
  it('is added from its results on the rows that the page chose', async () => {
    const page = await site.open();
    await page.chooseFiles('#build-files', own);
    await routesOn(page, 'results');
    await page.click('[data-new-model] summary');
    assert.deepEqual(await violations(page, '#benchmark'), []);
    // Keeps what the page offers for download.
    await page.evaluate(() => {
      const make = URL.createObjectURL;
      URL.createObjectURL = (blob) => {
        blob.text().then((text) => {
          document.documentElement.dataset.saved = text;
        });
        return make.call(URL, blob);
      };
    });
    await page.click('[data-anchors]');
    await said(page, 'Chose 50 rows.');
    await page.until(() => document.documentElement.dataset.saved !== undefined);
    const saved = await page.evaluate(() => document.documentElement.dataset.saved);
    const [head, ...rows] = saved.trimEnd().split('\n');
    assert.equal(head, 'dataset,id,prompt,score');
    assert.equal(rows.length, 50);
    const filled = path.join(folder, 'anchors.csv');
    writeFileSync(filled, [head, ...rows.map((row) => row + Number(row.startsWith('sums')))].join('\n'));
    await page.type('#new-name', 'acme/new-1');
    await page.type('#new-in', '1');
    await page.type('#new-out', '4');
    await page.chooseFiles('#new-results', filled);
    await said(page, 'Added acme/new-1 from results on 50 rows.');
    await routesOn(page, 'results with acme/new-1');
    await page.type('#prompt', 'What is 12 plus 30?');
    await page.until(() => document.querySelector('[data-ranking]')?.textContent.includes('acme/new-1'));
    assert.deepEqual(await violations(page, '#benchmark'), []);
    await site.close(page);
  });

  it('says why results cannot be used, and keeps the benchmark', async () => {
    const page = await site.open();
    await page.chooseFiles('#build-files', own);
    await routesOn(page, 'results');
    await page.click('[data-new-model] summary');
    const wrong = path.join(folder, 'wrong.csv');
    writeFileSync(wrong, 'dataset,id,prompt,new\nsums,999,x,1');
    await page.chooseFiles('#new-results', wrong);
    await page.until(() => document.querySelector('[data-build-error]') !== null);
    assert.match(await page.text('[data-build-error]'), /none of their rows, such as sums 999/);
    await routesOn(page, 'results');
    await site.close(page);
  });
});
