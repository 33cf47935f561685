// The site with prompts in other languages: their table is downloaded for the first one, or after a click.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';
import { tableFiles } from '../package/support/languages.mjs';
import { describeSiteWith } from './site-page.mjs';

const GERMAN = 'Schreibe ein Gedicht über den Herbst';
const isTable = (url) => /\/assets\/languages-/.test(url);
const isReadAsGerman = () => document.querySelector('.ask-answer')?.textContent.includes('Read as German.');

async function prepare(folder) {
  const languages = path.join(folder, 'languages');
  mkdirSync(languages);
  const { tokenizer, model, config } = await tableFiles();
  writeFileSync(path.join(languages, 'tokenizer.json'), tokenizer);
  writeFileSync(path.join(languages, 'model.safetensors'), model);
  writeFileSync(path.join(languages, 'config.json'), config);
  return { languages };
}

describeSiteWith(prepare, 'the site in other languages', (site) => {
  it('downloads nothing for prompts in English, and the table for the first other one', async () => {
    const page = await site.open();
    await page.type('#prompt', 'Write a poem about the autumn');
    await page.until(() => document.querySelector('.ask-answer')?.getAttribute('aria-busy') === 'false');
    assert.deepEqual(page.requests.filter(isTable), []);
    await page.type('#prompt', GERMAN);
    await page.until(isReadAsGerman);
    assert.equal(page.requests.filter(isTable).length, 1);
    await site.close(page);
  });

  it('asks first where data is scarce', async () => {
    const page = await site.open({
      init: () => {
        Object.defineProperty(navigator, 'connection', { value: { saveData: true }, configurable: true });
      },
    });
    await page.type('#prompt', GERMAN);
    await page.until(() =>
      document.querySelector('.ask-answer')?.textContent.includes('Reading German needs a table of'),
    );
    assert.deepEqual(page.requests.filter(isTable), []);
    await page.evaluate(() => {
      const button = [...document.querySelectorAll('.ask-answer button')].find(
        (each) => each.textContent === 'Download',
      );
      button.click();
    });
    await page.until(isReadAsGerman);
    await site.close(page);
  });
});
