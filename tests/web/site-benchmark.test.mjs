// The user's own benchmark: built in the page from files, opened, kept in the browser, refused if damaged.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, it } from 'node:test';
import { buildFromFiles, buildIndex, fileFromBytes } from '../../dist/build.js';
import { Router } from '../../dist/index.js';
import { violations } from './axe.mjs';
import { describeSite } from './site-page.mjs';

/** Two datasets of made-up prompts, each answered by one of two models. */
function benchmarkCsv() {
  const lines = ['dataset,id,prompt,counts-well,knows-animals'];
  for (let i = 0; i < 40; ++i) {
    lines.push(`sums,${i},What is ${i} plus ${3 * i}?,1,0`, `animals,${i},Which sea animal has ${i} arms?,0,1`);
  }
  return lines.join('\n');
}

const PROMPT = 'What is 12 plus 30?';
const folder = mkdtempSync(path.join(tmpdir(), 'signalbox-own-'));
const fileOf = (name, content) => {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
};
const csv = fileOf('results.csv', benchmarkCsv());
const made = {};

before(async () => {
  const { index } = await buildFromFiles([fileFromBytes('results.csv', readFileSync(csv))]);
  made.index = fileOf('made.sbx', index);
  made.damaged = fileOf(
    'damaged.sbx',
    index.map((byte, i) => (i === index.length - 100 ? byte ^ 1 : byte)),
  );
  const strange = await buildIndex({
    models: ['a', 'b'],
    tasks: ['t', 'u'],
    embeddings: Float32Array.of(1, 0, 0, 1),
    outcomes: Float32Array.of(1, 0, 0, 1),
    dim: 2,
    embedder: { id: 'another-embedder', hash: 'x' },
  });
  made.strange = fileOf('strange.sbx', strange);
});
after(() => rmSync(folder, { recursive: true, force: true }));

const routesOn = (page, name) =>
  page.until((wanted) => document.querySelector('[data-benchmark]')?.textContent === wanted, name);
const picks = (page, model) =>
  page.until((wanted) => document.querySelector('[data-pick]')?.textContent === wanted, model);
const said = (page, text) =>
  page.until((wanted) => document.querySelector('#benchmark')?.textContent.includes(wanted), text);

/** Runs in the page: drops a text as a file. */
const drop = (page, name, content) =>
  page.evaluate(
    (title, text) => {
      const data = new DataTransfer();
      data.items.add(new File([text], title));
      document
        .querySelector('#benchmark .drop')
        .dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true }));
    },
    name,
    content,
  );

/** Opens a page that routes with the CSV. */
async function openBuilt(site) {
  const page = await site.open();
  await page.chooseFiles('#build-files', csv);
  await routesOn(page, 'results');
  await page.type('#prompt', PROMPT);
  await picks(page, 'counts-well');
  return page;
}

async function keepIt(page, name) {
  await page.type('#keep-name', name);
  await page.click('[data-keep]');
  await page.until(() => document.querySelector('[data-kept]') !== null);
}

async function reload(page) {
  await page.reload();
  await page.until(() => document.querySelector('[data-pick]') !== null);
  await page.until(() => document.querySelector('[data-loading]') === null);
}

describeSite('your own benchmark', (site) => {
  it('builds an index from a chosen CSV, routes with it, shows a report, and goes back', async () => {
    const page = await openBuilt(site);
    const report = await page.text('[data-report]');
    assert.match(report, /80 rows, 2 models, 2 datasets, from 1 file \(wide\)/);
    assert.match(report, /Everything in the files was used/);
    assert.match(await page.text('[data-picks]'), /counts-well/);
    assert.deepEqual(await violations(page, '#benchmark'), []);
    await page.click('[data-shipped]');
    await routesOn(page, 'the shipped benchmark');
    await page.until(() => document.querySelectorAll('[data-ranking] tr').length >= 5);
    await site.close(page);
  });

  it('builds the example without any file', async () => {
    const page = await site.open();
    await page.click('[data-example]');
    await routesOn(page, 'a made-up example');
    await page.click('.routed-on .actions button:nth-of-type(1)');
    await picks(page, 'counts-well');
    await page.click('.routed-on .actions button:nth-of-type(2)');
    await picks(page, 'knows-animals');
    await site.close(page);
  });

  it('builds dropped files at once, names file and line of a defect, and keeps working', async () => {
    const page = await site.open();
    const row = (model, score) => JSON.stringify({ dataset: 'd', id: '1', prompt: 'a question', model, score });
    await drop(page, 'rows.jsonl', `${row('a', 1)}\n{"dataset":`);
    await page.until(() => document.querySelector('[data-build-error]') !== null);
    assert.match(await page.text('[data-build-error]'), /rows\.jsonl, line 2: not JSON/);
    await routesOn(page, 'the shipped benchmark');
    await page.type('#prompt', 'Prove that the square root of 2 is irrational.');
    await page.until(() => document.querySelector('[data-neighbours]')?.textContent.includes('mathematics'));
    await drop(page, 'rows.jsonl', `${row('<b>a</b>', 1)}\n${row('b', 0)}\n${row('b', 7)}`);
    await picks(page, '<b>a</b>');
    const report = await page.text('[data-report]');
    assert.match(report, /There is only one dataset/);
    assert.match(report, /Scores outside the range1/);
    assert.deepEqual(await violations(page, '#benchmark'), []);
    await site.close(page);
  });

  it('names an empty CSV and a truncated one, and keeps working', async () => {
    const page = await site.open();
    await drop(page, 'empty.csv', '');
    await page.until(() => document.querySelector('[data-build-error]')?.textContent.includes('empty.csv'));
    await drop(page, 'torn.csv', 'dataset,id,prompt,a,b\nd,1,one,1,0\nd,2,"two');
    await page.until(() => document.querySelector('[data-build-error]')?.textContent.includes('torn.csv, line'));
    await routesOn(page, 'the shipped benchmark');
    await site.close(page);
  });

  it('asks for the metric of a dataset with several, and builds with it', async () => {
    const page = await site.open();
    const row = (metric, score) => JSON.stringify({ dataset: 'd', id: '1', prompt: 'q', model: 'm', metric, score });
    await drop(page, 'rows.jsonl', `${row('acc', 1)}\n${row('f1', 0.5)}`);
    await page.until(() => document.querySelector('[data-build-error]')?.textContent.includes('d: acc, f1'));
    await page.until(() => document.querySelector('.own-benchmark details').open);
    await page.type('#build-metric', 'd=f1');
    await page.click('[data-build]');
    await picks(page, 'm');
    assert.match(await page.text('[data-report]'), /m50%/);
    await site.close(page);
  });

  it('stops a build', async () => {
    const page = await site.open();
    const lines = Array.from({ length: 30_000 }, (_, i) => `d${i % 9},${i},a question about the number ${i},1,0`);
    await page.chooseFiles('#build-files', fileOf('large.csv', ['dataset,id,prompt,a,b', ...lines].join('\n')));
    await page.click('[data-stop]');
    await said(page, 'Stopped.');
    await routesOn(page, 'the shipped benchmark');
    await site.close(page);
  });

  it('opens the next visit with a kept index, until it is removed', async () => {
    const page = await openBuilt(site);
    await keepIt(page, 'mine <i>');
    await reload(page);
    await routesOn(page, 'mine <i>');
    await page.type('#prompt', PROMPT);
    await picks(page, 'counts-well');
    assert.deepEqual(await violations(page, '#benchmark'), []);
    await page.click('[data-shipped]');
    await routesOn(page, 'the shipped benchmark');
    await reload(page);
    await routesOn(page, 'the shipped benchmark');
    await page.click('[data-use]');
    await routesOn(page, 'mine <i>');
    await page.click('[data-remove]');
    await routesOn(page, 'the shipped benchmark');
    await page.until(() => document.querySelector('[data-kept]') === null);
    await reload(page);
    await routesOn(page, 'the shipped benchmark');
    assert.equal(await page.evaluate(() => localStorage.length), 0);
    await site.close(page);
  });

  it('keeps an index before its first decision', async () => {
    const page = await site.open();
    await page.evaluate(async () => {
      document.querySelector('[data-example]').click();
      const wanted = () => document.querySelector('[data-keep]');
      while (wanted() === null) await new Promise((resolve) => setTimeout(resolve));
      wanted().click();
    });
    await page.until(() => document.querySelector('[data-kept]')?.textContent.includes('80 rows, 2 models'));
    await page.until(
      () => document.querySelector('.ask-answer a[href="#benchmark"]')?.textContent === 'a made-up example',
    );
    await page.click('[data-remove]');
    await page.until(() => document.querySelector('[data-kept]') === null);
    await site.close(page);
  });

  it('refuses a damaged kept index by its checksum, and uses the shipped one', async () => {
    const page = await openBuilt(site);
    await keepIt(page, 'mine');
    await page.evaluate(
      () =>
        new Promise((resolve, reject) => {
          const request = indexedDB.open('signalbox-demo');
          request.onerror = reject;
          request.onsuccess = () => {
            const store = request.result.transaction('benchmarks', 'readwrite').objectStore('benchmarks');
            const cursor = store.openCursor(IDBKeyRange.bound('index:', 'index:\uffff'));
            cursor.onsuccess = () => {
              const bytes = cursor.result.value;
              bytes[bytes.length - 100] ^= 1;
              cursor.result.update(bytes).onsuccess = resolve;
            };
          };
        }),
    );
    await reload(page);
    await page.until(() => document.querySelector('[data-refused]') !== null);
    assert.match(await page.text('[data-refused]'), /mine cannot be used: .*\(bad_checksum\)/);
    await routesOn(page, 'the shipped benchmark');
    await page.until(() => document.querySelectorAll('[data-ranking] tr').length >= 5);
    assert.deepEqual(await violations(page, '#benchmark'), []);
    await page.click('[data-refused] button');
    await page.until(() => document.querySelector('[data-refused]') === null);
    assert.equal(await page.evaluate(() => document.querySelector('[data-kept]')), null);
    await site.close(page);
  });

  it('opens an index that was built elsewhere, but not a damaged one or one of another embedder', async () => {
    const page = await site.open();
    await page.chooseFiles('#open-index', made.damaged);
    await page.until(() => document.querySelector('[data-build-error]')?.textContent.includes('checksum'));
    await page.chooseFiles('#open-index', made.strange);
    await page.until(() => document.querySelector('[data-build-error]')?.textContent.includes('another-embedder'));
    await routesOn(page, 'the shipped benchmark');
    await page.chooseFiles('#open-index', made.index);
    await routesOn(page, 'made');
    await page.type('#prompt', PROMPT);
    await picks(page, 'counts-well');
    await site.close(page);
  });
});

describeSite(
  'your own benchmark, in one browser',
  (site) => {
    it('downloads the index byte for byte, and it routes', async () => {
      const page = await openBuilt(site);
      const [download] = await Promise.all([page.raw.waitForEvent('download'), page.click('[data-download]')]);
      assert.equal(download.suggestedFilename(), 'results.sbx');
      const file = path.join(folder, 'downloaded.sbx');
      await download.saveAs(file);
      const router = await Router.load({ index: file });
      assert.equal((await router.route('Which sea animal has 9 arms?')).model, 'knows-animals');
      router.dispose();
      await page.chooseFiles('#open-index', file);
      await routesOn(page, 'downloaded');
      const [again] = await Promise.all([page.raw.waitForEvent('download'), page.click('[data-download]')]);
      assert.deepEqual(readFileSync(await again.path()), readFileSync(file));
      await site.close(page);
    });

    it('keeps the paths of a chosen folder, which name the models', async () => {
      const page = await site.open();
      for (const [model, acc] of Object.entries({ org__first: 1, org__second: 0 })) {
        const lines = [0, 1].map((i) =>
          JSON.stringify({
            ...{ doc_id: i, doc_hash: `h${i}`, doc: { question: `question ${i}` } },
            ...{ metrics: ['acc'], acc },
          }),
        );
        fileOf(`runs/${model}/samples_made_up_2025-01-01T00-00-00.000000.jsonl`, lines.join('\n'));
      }
      await page.chooseFiles('#build-folder', path.join(folder, 'runs'));
      await picks(page, 'org/first');
      await routesOn(page, 'runs');
      assert.match(await page.text('[data-report]'), /2 rows, 2 models, 1 dataset, from 2 files \(lm-eval\)/);
      await page.click('[data-report] .folded summary');
      await page.until(() => document.querySelector('[data-report-files]') !== null);
      const files = await page.evaluate(() =>
        [...document.querySelectorAll('[data-report-files] li')].map(({ textContent }) => textContent),
      );
      assert.equal(files.length, 2);
      for (const line of files) assert.match(line, /samples_made_up.*: lm-eval, 2 outcomes$/);
      await site.close(page);
    });

    it('is readable in the dark', async () => {
      const page = await openBuilt(site);
      await page.raw.emulateMedia({ colorScheme: 'dark' });
      await keepIt(page, 'mine');
      assert.deepEqual(await violations(page, '#benchmark'), []);
      assert.deepEqual(await violations(page, '#embedder'), []);
      await page.click('[data-remove]');
      await page.until(() => document.querySelector('[data-kept]') === null);
      await site.close(page);
    });
  },
  ['chromium'],
);

// Needs an origin of its own: Chromium remembers the available space for a while.
describeSite(
  'your own benchmark without room',
  (site) => {
    it('says that the storage has no room, and keeps working', async () => {
      const page = await openBuilt(site);
      const release = await site.browser.limitStorage(site.host.origin, 1000);
      await page.click('[data-keep]');
      await said(page, "This browser's storage has no room for it");
      await release();
      await site.close(page);
    });
  },
  ['chromium'],
);
