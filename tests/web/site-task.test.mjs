// A whole task: prompts from text, clicks and files; policies side by side; labels; prompts one by one; downloads.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, it } from 'node:test';
import { parse } from 'csv-parse/sync';
import { Router } from '../../dist/index.js';
import { importExtension } from '../extension/import-module.mjs';
import { violations } from './axe.mjs';
import { describeSite } from './site-page.mjs';

const { EXAMPLE } = await importExtension('../site/task/example.ts');
const POLICIES = ['signalbox', 's1', 's2', 's3'];

const folder = mkdtempSync(path.join(tmpdir(), 'signalbox-task-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function fileOf(name, content) {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
}

const taken = (page) => page.text('[data-taken]');
const decided = (page) =>
  page.until(
    () =>
      document.querySelectorAll('[data-task-pick]').length === 4 &&
      document.querySelector('.task-policies')?.getAttribute('aria-busy') === 'false',
  );
/** Opens what is for experts. */
const openExpert = (page) =>
  page.evaluate(() => {
    document.querySelector('[data-expert]').open = true;
  });
const routed = (page) => page.until(() => document.querySelector('[data-shares]') !== null);
/** Returns the prompts of the current page. */
const shown = (page) =>
  page.evaluate(() => Array.from(document.querySelectorAll('.task-prompt > p:first-child'), (p) => p.textContent));
/** Waits for a page of these prompts: the list is made anew after the prompts were counted. */
const shows = (page, prompts) =>
  page.until((wanted) => {
    const found = Array.from(document.querySelectorAll('.task-prompt > p:first-child'), (p) => p.textContent);
    return JSON.stringify(found) === wanted;
  }, JSON.stringify(prompts));
const texts = (page, selector) =>
  page.evaluate((found) => Array.from(document.querySelectorAll(found), (element) => element.textContent), selector);
const waitFor = (page, selector, text) =>
  page.until(([found, words]) => document.querySelector(found)?.textContent.includes(words), [selector, text]);

async function openExample(site) {
  const page = await site.open();
  await page.click('.task-input button[type="button"]');
  await decided(page);
  await routed(page);
  await openExpert(page);
  return page;
}

describeSite('a whole task', (site) => {
  it('decides on the example by four policies, and shows its distance to the benchmark', async () => {
    const page = await openExample(site);
    // Shown by the name that people know; the id is the title.
    const suggested = await page.evaluate(() => document.querySelector('[data-batch-answer] .model').title);
    assert.equal(suggested, (await texts(page, '[data-task-pick]'))[0]);
    assert.equal(await taken(page), '12 prompts from the example.');
    for (const pick of await texts(page, '[data-task-pick]')) assert.match(pick, /\w+\/\w/);
    assert.match(
      await page.text('[data-distance]'),
      /u = 0\.\d\d, larger than for \d+% of the benchmark's own samples\./,
    );
    const router = await Router.load();
    const expected = await Promise.all(POLICIES.map((policy) => router.routeTask(EXAMPLE.prompts, { policy })));
    router.dispose();
    assert.deepEqual(
      await texts(page, '[data-task-pick]'),
      expected.map(({ model }) => model),
    );
    const reasons = await texts(page, '.task-reason');
    for (const [i, { reasons: own }] of expected.entries()) assert.ok(reasons[i].includes(own.resemblance), reasons[i]);
    const shares = await texts(page, '[data-shares] td:nth-child(2)');
    assert.equal(
      shares.reduce((sum, text) => sum + Number(text), 0),
      12,
    );
    await site.close(page);
  });

  it('takes typed prompts, one per line or with empty lines between', async () => {
    const page = await site.open();
    await page.evaluate(() => {
      document.querySelector('#task-text').value =
        'What is a joule?\r\nما هو الضغط؟\n\n\nWhat is a volt?\nAnd an ohm?\n';
    });
    await page.click('.task-input button[type="submit"]');
    await decided(page);
    assert.equal(await taken(page), "4 prompts from your text, one prompt per line. 1 prompt can't be read.");
    await page.click('.task-input input[value="blank"]');
    await page.click('.task-input button[type="submit"]');
    await waitFor(page, '[data-taken]', '2 prompts');
    await decided(page);
    await page.until(() => document.querySelectorAll('.task-prompt').length === 2);
    await shows(page, ['What is a joule?\nما هو الضغط؟', 'What is a volt?\nAnd an ohm?']);
    await page.type('#task-text', '');
    await page.click('.task-input button[type="submit"]');
    await waitFor(page, '.task-input [role="alert"]', 'Enter at least one prompt.');
    await site.close(page);
  });

  it('takes a dropped file', async () => {
    const page = await site.open();
    await page.evaluate(() => {
      const data = new DataTransfer();
      data.items.add(new File(['\uFEFFWhat is heat?\r\nWhat is work?\r\n'], 'dropped.txt', { type: 'text/plain' }));
      const form = document.querySelector('.task-input');
      for (const type of ['dragover', 'drop']) {
        form.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
      }
    });
    await decided(page);
    assert.equal(await taken(page), '2 prompts from dropped.txt, one prompt per line.');
    await shows(page, ['What is heat?', 'What is work?']);
    await site.close(page);
  });

  it('guesses the column of a CSV, and accepts another choice', async () => {
    const page = await site.open();
    const csv =
      '\uFEFFid;question;remark\r\n1;"What is ""heat""?\r\nIn short.";a\r\n\r\n2;;empty\r\n3;What is work?;c\r\n';
    await page.chooseFiles('#task-file', fileOf('semicolons.csv', csv));
    await decided(page);
    await shows(page, ['What is "heat"?\r\nIn short.', 'What is work?']);
    assert.match(await page.text('[data-notices]'), /1 row without text was skipped/);
    await page.evaluate(() => {
      const select = document.querySelector('#task-column');
      select.value = '2';
      select.dispatchEvent(new Event('change', { bubbles: true }));
    });
    await waitFor(page, '[data-taken]', '3 prompts');
    await shows(page, ['a', 'empty', 'c']);
    await page.click('.task-columns input[type="checkbox"]');
    await waitFor(page, '[data-taken]', '4 prompts');
    assert.deepEqual(await texts(page, '#task-column option'), ['column 1', 'column 2', 'column 3']);
    await site.close(page);
  });

  it('names the broken lines of a JSONL file, and uses the others', async () => {
    const page = await site.open();
    const lines = [
      '{"prompt":"What is heat?","n":1}',
      '{"prompt":',
      '',
      '[1]',
      '{"prompt":"What is work?","__proto__":"x"}',
    ];
    await page.chooseFiles('#task-file', fileOf('some.jsonl', lines.join('\r\n')));
    await decided(page);
    await shows(page, ['What is heat?', 'What is work?']);
    assert.deepEqual(await texts(page, '[data-notices] li'), [
      'Line 2 was skipped: it is not valid JSON.',
      'Line 4 was skipped: it is neither a text nor an object.',
    ]);
    await page.chooseFiles(
      '#task-file',
      fileOf('list.json', JSON.stringify({ rows: ['What is mass?', 'And weight?'] })),
    );
    await waitFor(page, '[data-taken]', '2 prompts from list.json');
    const sheet = Buffer.from('\ufeffnr;prompt\r\n1;What is speed?\r\n2;And force?\r\n3;And power?\r\n', 'utf16le');
    await page.chooseFiles('#task-file', fileOf('sheet.csv', sheet));
    await waitFor(page, '[data-taken]', '3 prompts from sheet.csv');
    await page.chooseFiles('#task-file', fileOf('lines.txt', Buffer.from('\ufeffWhat is time?', 'utf16le').swap16()));
    await waitFor(page, '[data-taken]', '1 prompt from lines.txt');
    await page.until(() => document.querySelector('.task-prompt > p:first-child')?.textContent === 'What is time?');
    await site.close(page);
  });

  it('says what is wrong with a file', async () => {
    const page = await site.open();
    const cases = [
      ['latin.txt', Buffer.from('caf\xe9 au lait', 'latin1'), 'This file is not UTF-8 text'],
      ['bare.txt', Buffer.from('What is heat?', 'utf16le'), 'This file is not UTF-8 text'],
      ['empty.csv', '', 'There are no prompts here'],
      ['blank.csv', '\uFEFF\r\n\r\n', 'There are no prompts here'],
      ['empty.txt', '\uFEFF', 'There are no prompts here'],
      ['number.json', '42', 'This JSON file contains no list'],
      ['broken.json', '{"a"', 'This file is not valid JSON'],
      ['open.csv', '"never closed', 'Line 1 is not valid CSV'],
    ];
    for (const [name, content, words] of cases) {
      await page.chooseFiles('#task-file', fileOf(name, content));
      await waitFor(page, '.task-input [role="alert"]', `${name}: ${words}`);
    }
    await page.evaluate(() => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(50_000_001)], 'large.txt'));
      document
        .querySelector('.task-input')
        .dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
    });
    await waitFor(page, '.task-input [role="alert"]', 'the limit is 50.0 MB');
    await site.close(page);
  });

  it('shows hostile text as text', async () => {
    const page = await site.open();
    const html = '<img src=x onerror="document.title=1"><script>document.title=1</script>';
    const rows = [['prompt'], [html], ['a\0b'], [`long ${' word'.repeat(200_000)}`], ['=1+1']];
    const csv = rows.map(([cell]) => `"${cell.replaceAll('"', '""')}"`).join('\n');
    await page.chooseFiles('#task-file', fileOf('<b>hostile<b>.csv', csv));
    await decided(page);
    const [first, second, third, fourth] = await shown(page);
    assert.equal(first, html);
    assert.equal(second, 'a\0b');
    assert.ok(third.length < 300, 'a long text is shown by its beginning');
    assert.equal(fourth, '=1+1');
    assert.match(await taken(page), /<b>hostile<b>\.csv\. Only the beginning of 1 long prompt was read\./);
    await page.click('[data-row="2"] .task-prompt button');
    assert.equal((await shown(page))[2].length, 1_000_005);
    assert.match(await page.evaluate(() => document.title), /^signalbox: /);
    assert.equal(
      await page.evaluate(() => document.querySelectorAll('#task :is(img, script, [data-taken] b)').length),
      0,
    );
    await site.close(page);
  });

  it('decides anew with every label, and shows what changed', async () => {
    const page = await openExample(site);
    const before = await page.text('[data-policy="signalbox"] [data-p]');
    await page.click('[data-row="0"] .task-wrong');
    await waitFor(page, '[data-history]', 'After 1 label');
    assert.equal((await page.text('[data-policy="signalbox"] [data-p]')) === before, false);
    assert.match(await page.text('[data-change="signalbox"]'), /p\s0\.\d\d → [01]\.\d\d/);
    await page.click('[data-row="1"] .task-right');
    await waitFor(page, '[data-history]', 'After 2 labels');
    assert.deepEqual(await texts(page, '[data-measured] td'), ['50%', '2']);
    // The same button clears it.
    await page.click('[data-row="1"] .task-right');
    await waitFor(page, '[data-history] li', 'After 1 label');
    await page.click('[data-row="0"] .task-wrong');
    await waitFor(page, '[data-history] li', 'After 0 labels');
    assert.equal(await page.text('[data-policy="signalbox"] [data-p]'), before);
    await site.close(page);
  });

  it('compares the pick with the oracle if two models are labelled', async () => {
    const page = await openExample(site);
    await page.click('[data-row="0"] .task-wrong');
    await waitFor(page, '[data-history]', 'After 1 label');
    await page.evaluate(() => {
      const select = document.querySelector('[data-row="0"] select');
      select.value = Array.from(select.options, ({ value }) => value).find((value) => value !== select.value);
      select.dispatchEvent(new Event('change', { bubbles: true }));
    });
    await page.click('[data-row="0"] .task-right');
    await waitFor(page, '[data-history] li', 'After 2 labels');
    assert.match(await page.text('[data-oracle]'), /Always taking the better model: 100% of 1 prompt/);
    assert.equal((await texts(page, '[data-measured] tr')).length, 2);
    await site.close(page);
  });

  it('follows the settings of the page', async () => {
    const page = await openExample(site);
    await page.evaluate(() => {
      const dial = document.querySelector('#dial');
      dial.value = '0';
      dial.dispatchEvent(new Event('input', { bubbles: true }));
    });
    const router = await Router.load();
    const { model, reasons } = await router.routeTask(EXAMPLE.prompts, { prefer: 'cheap' });
    router.dispose();
    await waitFor(page, '[data-policy="signalbox"] .task-trust', reasons.choice);
    await decided(page);
    assert.equal(await page.text('[data-policy="signalbox"] [data-task-pick]'), model);
    assert.match(reasons.choice, / below the best, for .* of its price\./);
    await routed(page);
    await site.close(page);
  });

  it('cancels and continues a long run, and routes a prompt meanwhile', async () => {
    const page = await site.open();
    const lines = Array.from(
      { length: 20_100 },
      (_, i) => `How far does car ${i} roll after it was let go on a slope of ${i % 40} degrees?`,
    );
    // The page itself clicks: a busy driver could be later than the last prompt.
    await page.evaluate(() => {
      const observer = new MutationObserver(() => {
        const button = document.querySelector('.task-input .task-progress button');
        if (button === null || !document.querySelector('[data-taken]')?.textContent.includes('20,000 prompts')) return;
        observer.disconnect();
        button.click();
      });
      observer.observe(document.body, { childList: true, subtree: true, characterData: true });
    });
    await page.chooseFiles('#task-file', fileOf('many.txt', lines.join('\n')));
    await waitFor(page, '.task-input .task-progress', 'Cancelled.');
    assert.match(await page.text('[data-notices]'), /Only the first 20,000 prompts are used\./);
    await page.click('.samples li:nth-child(3) button');
    await page.until(() => document.querySelector('[data-neighbours]')?.textContent.includes('health'));
    assert.equal((await texts(page, '[data-task-pick]')).length < 4, true);
    await page.click('.task-input .task-progress button');
    await page.until(() => document.querySelector('[data-route-inputs]') !== null);
    await page.click('[data-route-inputs]');
    await waitFor(page, '[data-each-input] .task-progress', 'Routing the prompts');
    await page.click('[data-each-input] .task-progress button');
    await waitFor(page, '[data-each-input] .task-progress', 'Cancelled.');
    // Another task replaces the work in progress.
    await page.click('.task-input > .task-actions button[type="button"]');
    await waitFor(page, '[data-taken]', '12 prompts');
    await decided(page);
    await routed(page);
    await site.close(page);
  });

  it('pages through many prompts', async () => {
    const page = await openExample(site);
    await page.click('.task-pages button:last-child');
    await waitFor(page, '.task-pages', 'page 2 of 2');
    assert.equal((await shown(page)).length, 2);
    await page.click('[data-row="11"] .task-right');
    await waitFor(page, '[data-history]', 'After 1 label');
    await site.close(page);
  });

  if (site.kind === 'chromium') {
    it('downloads decisions as CSV and JSON that match the page', async () => {
      const page = await site.open();
      const prompts = ['=HYPERLINK("x")', '-2 + 2 is what?', 'What is "heat", in short?'];
      await page.evaluate((lines) => {
        document.querySelector('#task-text').value = lines.join('\n');
      }, prompts);
      await page.click('.task-input button[type="submit"]');
      await decided(page);
      await routed(page);
      await page.click('[data-row="1"] .task-right');
      await waitFor(page, '[data-history]', 'After 1 label');
      const own = await texts(page, '[data-own]');
      const download = async (nth) => {
        const [file] = await Promise.all([
          page.raw.waitForEvent('download'),
          page.click(`[data-each-input] .task-actions button:nth-of-type(${nth})`),
        ]);
        return readFileSync(await file.path(), 'utf8');
      };
      const rows = parse(await download(1), { columns: true });
      assert.deepEqual(
        rows.map(({ prompt }) => prompt),
        ['\'=HYPERLINK("x")', "'-2 + 2 is what?", 'What is "heat", in short?'],
      );
      const json = JSON.parse(await download(2));
      for (const inputs of [rows, json.inputs]) {
        assert.deepEqual(
          inputs.map(({ model, chance }) => `Suggested: ${model}${chance ? `, ${Math.round(100 * chance)}%` : ''}`),
          own,
        );
      }
      assert.deepEqual(
        json.inputs.map(({ prompt }) => prompt),
        prompts,
      );
      assert.deepEqual(
        ['signalbox', 's1', 's2', 's3'].map((policy) => json.task[policy].model),
        await texts(page, '[data-task-pick]'),
      );
      assert.equal(json.labels[0].index, 1);
      assert.deepEqual(Object.values(json.labels[0].outcomes), [1]);
      await site.close(page);
    });

    it('has no violation that axe-core finds', async () => {
      const page = await openExample(site);
      await page.click('[data-row="0"] .task-wrong');
      await waitFor(page, '[data-history]', 'After 1 label');
      for (const colorScheme of ['light', 'dark']) {
        await page.raw.emulateMedia({ colorScheme });
        assert.deepEqual(await violations(page, '#task'), [], colorScheme);
      }
      await site.close(page);
    });
  }
});
