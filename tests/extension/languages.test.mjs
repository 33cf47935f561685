// The build with the table of other languages, and the one for English.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { Router, routeWithFeedback } from '../../dist/index.js';
import { importExtension } from './import-module.mjs';
import { CHAT, describeExtension } from './installed.mjs';

const isSeen = (badge) => badge?.isSeen === true;
const FOREIGN = {
  ja: '素数とは何ですか。わかりやすく説明してください。',
  de: 'Schreibe ein Gedicht über den Herbst',
};
const ENGLISH = ['How many prime numbers lie between 10 and 50?', 'Write a poem about the autumn', 'git rebase -i'];
const UNREAD = /This language can't be read\./;

/** Returns the suggestion that the badge of the page receives for a text. */
const askBadge = (installed, text) =>
  installed.inPage(CHAT, (text) => chrome.runtime.sendMessage({ kind: 'ask', text }), text);

/** Notes the messages of workers about the table. Runs in a page of the extension before its scripts. */
function noteTable() {
  globalThis.tableStates = [];
  const { Worker } = globalThis;
  globalThis.Worker = class extends Worker {
    constructor(...args) {
      super(...args);
      this.addEventListener('message', ({ data }) => {
        const state = data?.progress?.multilingual;
        if (state !== undefined) globalThis.tableStates.push(state);
      });
    }
  };
}

describe('the extension and languages', () => {
  /** The suggestions of a router without a table for the prompts in English. */
  let expected;
  before(async () => {
    const { suggest } = await importExtension('engine/suggestion.ts');
    const { routeOptionsOf, DEFAULT_SETTINGS } = await importExtension('../shared/settings.ts');
    const { NEW_SITE } = await importExtension('stored/schema.ts');
    const router = await Router.load();
    const options = routeOptionsOf(DEFAULT_SETTINGS, router.info);
    expected = [];
    for (const text of ENGLISH) {
      const decision = await routeWithFeedback(router, text, [], options);
      expected.push(await suggest({ decide: async () => ({ decision }) }, text, {}, NEW_SITE));
    }
    router.dispose();
  });

  for (const hasLanguages of [true, false]) {
    const name = hasLanguages ? 'the build with languages' : 'the build for English';
    describeExtension(
      name,
      (installed) => {
        it('decides about prompts in English exactly as a router without a table', async () => {
          await installed.allow(CHAT);
          await installed.open(CHAT);
          for (const [i, text] of ENGLISH.entries()) {
            assert.deepEqual(await askBadge(installed, text), expected[i]);
          }
        });

        it(
          hasLanguages ? 'reads other languages at the badge' : 'says at the badge that it reads English only',
          async () => {
            await installed.allow(CHAT);
            const page = await installed.open(CHAT);
            for (const text of Object.values(FOREIGN)) {
              await page.paste('textarea', text);
              const { card } = await installed.openCard(page, 'with an answer', isSeen);
              assert.equal(UNREAD.test(card), !hasLanguages, card);
              const { lamp } = await askBadge(installed, text);
              assert.equal(lamp === 'dark', !hasLanguages, lamp);
              await page.press('Escape');
              await page.paste('textarea', '');
              await installed.badgeThat('that rests', (badge) => !isSeen(badge));
            }
          },
        );

        it(`shows in the panel ${hasLanguages ? 'the language, and loads the table once' : 'that it cannot read the prompt'}`, async () => {
          const panel = await installed.browser.extensionPage('panel/index.html', `(${noteTable})()`);
          installed.pages.push(panel);
          await panel.until(() => document.querySelector('[data-status="ready"]') !== null);
          // Firefox runs no script before those of an extension's page.
          const isNoted = installed.kind === 'chromium';
          const expectStates = async (...states) => {
            if (isNoted) assert.deepEqual(await panel.evaluate(() => globalThis.tableStates), states);
          };
          const ask = async (text) => {
            await panel.paste('#prompt', text);
            await panel.until(() => document.querySelector('[aria-busy="false"] [data-pick]') !== null);
            return panel.evaluate(() => ({
              language: document.querySelector('[data-language]')?.dataset.language ?? null,
              lamp: document.querySelector('.lamp').className,
              text: document.querySelector('.ask-answer').textContent,
            }));
          };
          assert.equal((await ask(ENGLISH[0])).language, null);
          await expectStates();
          for (const text of [...Object.values(FOREIGN), 'Escribe un poema sobre el otoño']) {
            const { language, lamp, text: shown } = await ask(text);
            if (hasLanguages) assert.equal(FOREIGN[language] ?? language, language === 'es' ? 'es' : text);
            else assert.equal(language, null);
            assert.equal(UNREAD.test(shown), !hasLanguages, shown);
            assert.equal(/\bdark\b/.test(lamp), !hasLanguages, lamp);
          }
          await expectStates(...(hasLanguages ? ['loading', 'loaded'] : []));
        });

        it('says in the settings which languages it reads', async () => {
          const settings = await installed.settings();
          const text = await settings.text('#languages');
          assert.match(
            text,
            hasLanguages ? /English and some forty other languages are read/ : /reads prompts in English\./,
          );
        });
      },
      { hasLanguages },
    );
  }
});
