// The computer's clock may be set at any time: back, forward, or by years.
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { waitFor } from '../web/waiting.mjs';
import { importExtension } from './import-module.mjs';
import { CHAT, describeExtension, hasModel } from './installed.mjs';

const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;

describeExtension('a clock that is changed', (installed) => {
  for (const [what, ...shifts] of [
    ['back by an hour', -HOUR_MS],
    ['forward by an hour, and back', HOUR_MS, 0],
    ['back by a year', -YEAR_MS],
  ]) {
    it(`${what}: suggestions go on`, async () => {
      await installed.allow(CHAT);
      const page = await installed.open(`${CHAT}/textarea`);
      await page.click('textarea');
      await page.type('textarea', 'How many primes lie between 10 and 50?');
      await installed.badgeThat('with a model', hasModel);
      const ask = (text) =>
        installed.inPage(CHAT, async (text) => (await chrome.runtime.sendMessage({ kind: 'ask', text }))?.kind, text);
      const { background } = installed.browser;
      const setClock = (shift) =>
        background.evaluate((shift) => {
          globalThis.realNow ??= Date.now;
          Date.now = () => globalThis.realNow() + shift;
        }, shift);
      try {
        for (const shift of shifts) {
          await setClock(shift);
          const isAnswered = async () => (await ask(`Prove that the root of ${shift} is irrational`)) === 'suggestion';
          await waitFor('a suggestion', isAnswered);
        }
      } finally {
        await setClock(0);
      }
    });
  }
});

describe('a question for the panel', () => {
  it('is not for a panel that opens later, nor for one that opens after the clock was changed', async () => {
    const { isFresh } = await importExtension('stored/question.ts');
    const now = Date.now();
    assert.equal(isFresh({ at: now }), true);
    for (const at of [now - 61_000, now - HOUR_MS, now + HOUR_MS, now + YEAR_MS]) assert.equal(isFresh({ at }), false);
  });
});

/** A stand-in for idb-keyval, which keeps everything in memory. */
const MEMORY = `
const kept = new Map();
export const createStore = () => kept;
export const clear = async () => kept.clear();
export const entries = async () => [...kept];
export const setMany = async (all) => all.forEach(([key, value]) => kept.set(key, value));
export const delMany = async (keys) => keys.forEach((key) => kept.delete(key));
export const promisifyRequest = async () => undefined;`;

describe('feedback', () => {
  let feedback;
  const rated = (id, at) => ({ id, prompt: 'Why?', outcomes: { a: 1 }, at });
  const ids = async () => (await feedback.listFeedback()).map(({ id }) => id);
  beforeEach(async () => {
    feedback = await importExtension('stored/feedback.ts', { standIns: { 'idb-keyval': MEMORY } });
  });

  it('is kept in the order of time', async () => {
    await feedback.keepFeedback([rated('first', 1000)]);
    await feedback.keepFeedback([rated('second', 5000)]);
    assert.deepEqual(
      (await feedback.listFeedback()).map(({ id, at }) => [id, at]),
      [
        ['second', 5000],
        ['first', 1000],
      ],
    );
  });

  it('is never erased in place of older feedback that was dated by a wrong clock', async () => {
    const future = Date.now() + YEAR_MS;
    for (let i = 0; i < feedback.MOST_FEEDBACK; i += 1) await feedback.keepFeedback([rated(`old ${i}`, future + i)]);
    for (const id of ['new', 'newer']) await feedback.keepFeedback([rated(id, Date.now())]);
    const found = await ids();
    assert.equal(found.length, feedback.MOST_FEEDBACK);
    assert.deepEqual(found.slice(0, 3), ['newer', 'new', `old ${feedback.MOST_FEEDBACK - 1}`]);
    assert.equal(found.at(-1), 'old 2');
  });
});
