// The grading desk: what it offers, keys, mouse, skip and undo, what is kept, and the plan with the new grades.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, it } from 'node:test';
import { fileFromBytes, nextLabels, plan as planOf } from '../../dist/build.js';
import { violations } from './axe.mjs';
import { describeSite } from './site-page.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'signalbox-grading-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const ANIMALS = ['octopus', 'starfish', 'squid', 'crab', 'jellyfish', 'sea urchin', 'lobster', 'seahorse'];

/** Two kinds of prompts; the first `graded` rows have grades, all have answers if asked. */
function table({ rows = 70, graded = 50, answers = true } = {}) {
  const lines = [`id,prompt,dear,cheap${answers ? ',answer:dear,answer:cheap' : ''}`];
  for (let i = 0; i < rows; ++i) {
    const isSum = i % 2 === 0;
    const prompt = isSum ? `What is ${i} plus ${3 * i}?` : `How many of its ${i} arms does a ${ANIMALS[i % 8]} use?`;
    const grades = i < graded ? `${i % 10 < 9 ? 1 : 0},${isSum ? 1 : 0}` : ',';
    lines.push(`${i},${prompt},${grades}${answers ? `,${4 * i},"about ${4 * i}, <b>or</b> so"` : ''}`);
  }
  return lines.join('\n');
}

const fileOf = (name, text) => {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
};
const expected = (text, more = {}) =>
  nextLabels(20, { files: [fileFromBytes('graded.csv', Buffer.from(text))], ...more });

const at = (page, place) =>
  page.until((wanted) => document.querySelector('[data-desk]')?.dataset.desk === wanted, String(place));
const prompt = (page) => page.text('.desk-prompt');
const pressed = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('[data-desk] [aria-pressed=true]')].map(
      (button) => `${button.parentElement.getAttribute('aria-label')}: ${button.textContent}`,
    ),
  );
/** Waits for the button that plans again with so many prompts. */
const counted = (page, words) =>
  page.until((text) => document.querySelector('[data-plan-again]')?.textContent.includes(text) ?? text === '', words);
const noErrors = async (page) => assert.deepEqual(await violations(page, '#plan'), []);

async function openDesk(site, text = table(), name = 'graded.csv') {
  const page = await site.open();
  await page.chooseFiles('#plan-files', fileOf(name, text));
  await at(page, 0);
  await page.until(() => document.querySelector('[data-headline]') !== null);
  return page;
}

/** Deletes what the page has kept, for the tests after it. */
async function deleteGrades(page) {
  await page.click('[data-delete-grades]');
  await page.until(() => document.querySelector('[data-plan-again]') === null);
  await page.until(() => document.querySelector('[data-grading-said]').textContent === 'The grades are deleted.');
}

describeSite('the grading desk', (site) => {
  it('offers the prompts that the package chooses, with their answers', async () => {
    const text = table();
    const page = await openDesk(site, text);
    const next = await expected(text);
    assert.equal(await prompt(page), next.rows[0].prompt);
    assert.match(await page.text('.desk-progress'), /Prompt 1 of 20, by lot/);
    assert.match(await page.text('[data-grading]'), /Grade 20 prompts of 20 next: 20 drawn at random/);
    const answer = await page.evaluate(() => document.querySelector('.desk-answer').textContent);
    assert.equal(answer, next.rows[0].answers.cheap, 'markup is text');
    await noErrors(page);
    await site.close(page);
  });

  it('grades by keys while the focus is in the desk, and by buttons', async () => {
    const text = table();
    const page = await openDesk(site, text);
    const { rows } = await expected(text);
    await page.press('1');
    assert.deepEqual(await pressed(page), [], 'the focus is elsewhere');
    await page.click('.desk-prompt');
    await page.press('1');
    await page.press('2');
    await page.press('2');
    assert.deepEqual(await pressed(page), ['The answer of cheap: right', 'The answer of dear: wrong']);
    assert.equal(await page.text('[data-desk-said]'), 'dear: wrong');
    await page.press('2');
    assert.deepEqual(await pressed(page), ['The answer of cheap: right']);
    await page.press('Enter');
    await at(page, 1);
    assert.equal(await prompt(page), rows[1].prompt);
    assert.equal(await page.evaluate(() => document.activeElement.className), 'desk-prompt', 'read out, and keys work');
    await page.press('Enter');
    assert.match(await page.text('[data-desk-said]'), /Grade an answer, or skip/);
    await page.press('1');
    await page.press('0');
    await at(page, 2);
    await page.press('s');
    await at(page, 3);
    await counted(page, '2 graded prompts');
    await page.press('u');
    await at(page, 2);
    await page.press('u');
    await at(page, 1);
    assert.deepEqual(await pressed(page), ['The answer of cheap: right', 'The answer of dear: wrong']);
    await counted(page, '1 graded prompt');
    await page.click('.desk-right[aria-pressed=false]');
    await page.click('[data-desk-save]');
    await at(page, 2);
    await page.click('[data-desk-rest]');
    await at(page, 3);
    await page.click('[data-desk-skip]');
    await at(page, 4);
    await page.click('[data-desk-undo]');
    await at(page, 3);
    await counted(page, '3 graded prompts');
    await noErrors(page);
    await deleteGrades(page);
    await site.close(page);
  });

  it('plans again with the grades, and then offers the prompts that are left', async () => {
    const text = table({ rows: 80 });
    const page = await openDesk(site, text);
    await page.click('.desk-prompt');
    for (let i = 0; i < 20; ++i) {
      await at(page, i);
      await page.press('1');
      await page.press('0');
    }
    await page.until(() => document.querySelector('[data-desk-done]') !== null);
    await counted(page, '20 graded prompts');
    await page.click('[data-plan-again]');
    await page.until(() =>
      document.querySelector('[data-grading]')?.textContent.includes('Grade 10 prompts of 10 next'),
    );
    await page.click('.plan > .folded:last-of-type summary');
    assert.match(await page.text('.plan'), /70 (rows|samples|prompts)/);
    await noErrors(page);
    await deleteGrades(page);
    await site.close(page);
  });

  it('keeps the grades for the next visit, until they are deleted', async () => {
    const text = table();
    let page = await openDesk(site, text, 'kept.csv');
    await page.click('.desk-prompt');
    await page.press('1');
    await page.press('Enter');
    await at(page, 1);
    await counted(page, '1 graded prompt');
    await page.until(
      () =>
        new Promise((resolve) => {
          const request = indexedDB.open('signalbox-demo');
          request.onsuccess = () => {
            const all = request.result.transaction('benchmarks').objectStore('benchmarks').getAllKeys();
            all.onsuccess = () => {
              request.result.close();
              resolve(all.result.some((key) => String(key).startsWith('grades:')));
            };
          };
        }),
    );
    await site.close(page);
    page = await openDesk(site, text, 'kept.csv');
    await counted(page, '1 graded prompt');
    assert.match(await page.text('.desk-progress'), /drawn before, grades are missing/);
    assert.equal(await page.evaluate(() => document.querySelectorAll('.desk-models li').length), 1);
    await deleteGrades(page);
    await site.close(page);
    page = await openDesk(site, text, 'kept.csv');
    assert.equal(await page.evaluate(() => document.querySelector('[data-plan-again]')), null);
    await site.close(page);
  });

  it('offers prompts of a file that is too short for a plan, and of a second file', async () => {
    const page = await site.open();
    await page.chooseFiles('#plan-files', fileOf('short.csv', table({ rows: 24, graded: 20 })));
    await page.until(() => document.querySelector('[data-plan-error]')?.textContent.includes('got 20 graded prompts'));
    await at(page, 0);
    await page.chooseFiles('#plan-prompts', fileOf('more.csv', 'prompt\nWhy is the sea salt?\n"One, two"\n'));
    await page.until(() => document.querySelector('[data-grading]').textContent.includes('Grade 6 prompts of 6 next'));
    await site.close(page);
  });

  it('asks for more prompts only if the user wants to, where all are graded', async () => {
    const page = await site.open();
    await page.chooseFiles('#plan-files', fileOf('all.csv', table({ rows: 40, graded: 40 })));
    await page.until(() => document.querySelector('[data-headline]') !== null);
    assert.equal(await page.evaluate(() => document.querySelector('[data-grading]')), null);
    await page.click('[data-grade]');
    await page.until(() => document.querySelector('[data-grading]')?.textContent.includes('Nothing is left to grade'));
    await noErrors(page);
    await site.close(page);
  });
});

describeSite(
  'the grading desk, in one browser',
  (site) => {
    it('downloads grades that make the same plan beside the file', async () => {
      const text = table();
      const page = await openDesk(site, text);
      await page.click('.desk-prompt');
      for (let i = 0; i < 5; ++i) {
        await at(page, i);
        await page.press('1');
        await page.press('0');
      }
      await at(page, 5);
      const [download] = await Promise.all([page.raw.waitForEvent('download'), page.click('[data-download-grades]')]);
      assert.equal(download.suggestedFilename(), 'grades.csv');
      const sheet = readFileSync(await download.path());
      const files = [fileFromBytes('graded.csv', Buffer.from(text)), fileFromBytes('grades.csv', sheet)];
      const { plan } = await planOf(files, { index: false });
      assert.deepEqual(plan.selection, { random: 55, chosen: 0 });
      await deleteGrades(page);
      await site.close(page);
    });

    for (const colorScheme of ['light', 'dark']) {
      for (const width of [390, 1280]) {
        it(`is readable in ${colorScheme} colours at ${width} pixels`, async () => {
          const page = await openDesk(site);
          await page.raw.emulateMedia({ colorScheme });
          await page.raw.setViewportSize({ width, height: 800 });
          await page.click('.desk-prompt');
          await page.press('1');
          await noErrors(page);
          const wide = await page.evaluate(() => document.documentElement.scrollWidth);
          assert.ok(wide <= width, `the page is ${wide} pixels wide on a screen of ${width}`);
          await site.close(page);
        });
      }
    }
  },
  ['chromium'],
);
