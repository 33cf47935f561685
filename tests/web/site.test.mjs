// The demo's first page: a decision at once, and with every change of what was asked.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeSite } from './site-page.mjs';

const picked = (page) => page.text('[data-pick]');

describeSite('the site', (site) => {
  it('opens with a sample that is routed, and asks nobody else', async () => {
    const page = await site.open();
    assert.match(await picked(page), /Llama-3.1-70B/);
    assert.match(await page.text('[data-neighbours]'), /mmlu_pro_health/);
    await site.close(page);
  });

  it('routes what is typed, also in scripts that run from right to left or have no spaces', async () => {
    const page = await site.open();
    const loaded = page.requests.length;
    await page.type('#prompt', 'Prove that the square root of 2 is irrational.');
    await page.until(() => document.querySelector('[data-neighbours]')?.textContent.includes('mmlu_pro_math'));
    for (const text of ['ما هي عاصمة فرنسا؟', '日本の首都はどこですか']) {
      await page.type('#prompt', text);
      await page.until(() => document.querySelector('.plain')?.textContent.includes('No word of this'));
    }
    await page.type('#prompt', '');
    await page.until(() => document.querySelector('.reason')?.textContent.includes('no word'));
    assert.deepEqual(page.requests.slice(loaded), [], 'routing sends nothing');
    await site.close(page);
  });

  it('routes a sample that is clicked', async () => {
    const page = await site.open();
    await page.click('.samples li:nth-child(3) button');
    await page.until(() => document.querySelector('[data-neighbours]')?.textContent.includes('sports'));
    await site.close(page);
  });
});
