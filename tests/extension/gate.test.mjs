// Tests the background's answers to content scripts, and its limits on many scripts and frequent messages.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { importExtension } from './import-module.mjs';

const ORIGIN = 'https://chat.example';
const SITE = { isOn: true, adapter: 'auto', names: {}, endpoint: '', pays: 'use', usual: null };
const SUGGESTION = { kind: 'suggestion', model: 'acme/Thinker-7B' };
const sender = (tab) => ({
  id: 'signalbox',
  tab: { id: tab, active: true, windowId: 1 },
  frameId: 0,
  url: `${ORIGIN}/c/1`,
});

/** Stand-ins for the parts of the host, the panel and the settings that the gate uses. */
const STAND_INS = {
  './host.js': 'export const host = globalThis.gateHost;',
  './panel.js': 'export const openPanel = async () => true;',
  '../stored/store.js': 'export const loadStoredOrNone = async () => globalThis.gateStored;',
};

describe('the gate', () => {
  let listen;
  let answers;
  let now;
  beforeEach(async () => {
    now = 1_000_000;
    mock.method(performance, 'now', () => now);
    answers = [];
    globalThis.gateStored = { settings: {}, index: null, sites: { [ORIGIN]: SITE } };
    globalThis.gateHost = { ask: () => new Promise((resolve) => answers.push(resolve)) };
    globalThis.chrome = {
      runtime: { id: 'signalbox', onMessage: { addListener: (given) => (listen = given) } },
      permissions: { contains: async () => true },
    };
    (await importExtension('background/gate.ts', { standIns: STAND_INS })).openGate();
  });
  afterEach(() => {
    mock.restoreAll();
    for (const name of ['gateHost', 'gateStored', 'chrome']) delete globalThis[name];
  });

  /** Waits for the answer; returns undefined if the message is dropped. */
  const send = (message, tab = 1) =>
    new Promise((resolve) => {
      if (!listen(message, sender(tab), resolve)) resolve(undefined);
    });
  const ask = (tab) => send({ kind: 'ask', text: 'How many primes are there?' }, tab);
  const asked = async (times) => {
    while (answers.length < times) await new Promise(setImmediate);
    return answers[times - 1];
  };

  it('answers one question of a page at a time, and other pages in the meantime', async () => {
    const first = ask();
    const release = await asked(1);
    for (let i = 0; i < 5; i += 1) {
      now += 100;
      assert.deepEqual(await ask(), { kind: 'busy' });
    }
    const other = ask(2);
    (await asked(2))(SUGGESTION);
    assert.deepEqual(await other, SUGGESTION);
    release(SUGGESTION);
    assert.deepEqual(await first, SUGGESTION);
    const next = ask();
    (await asked(3))(SUGGESTION);
    assert.deepEqual(await next, SUGGESTION);
  });

  it('accepts the next question of a page 20 ms after the last one', async () => {
    const first = ask();
    (await asked(1))(SUGGESTION);
    await first;
    now += 19;
    assert.deepEqual(await ask(), { kind: 'busy' });
    now += 1;
    const next = ask();
    (await asked(2))(SUGGESTION);
    assert.deepEqual(await next, SUGGESTION);
  });

  it('accepts 50 messages per second from a page, and drops the rest', async () => {
    for (let second = 0; second < 2; second += 1) {
      const all = await Promise.all(Array.from({ length: 60 }, () => send({ kind: 'hello' })));
      const welcomed = all.filter((answer) => answer?.kind === 'welcome').length;
      assert.deepEqual([welcomed, all.filter((answer) => answer === undefined).length], [50, 10]);
      assert.equal((await send({ kind: 'hello' }, 2)).kind, 'welcome');
      now += 1000;
    }
  });

  it('ignores messages from frames, other extensions and pages that are not on the web', async () => {
    for (const change of [{ frameId: 3 }, { id: 'another' }, { tab: undefined }, { url: 'file:///etc/passwd' }]) {
      assert.equal(listen({ kind: 'hello' }, { ...sender(1), ...change }, assert.fail), false);
    }
  });

  it('keeps what a page says about its picker for the panel, as text', async () => {
    const kept = [];
    globalThis.chrome.storage = { session: { set: async ({ question }) => kept.push(question) } };
    const page = { chat: 'claude', isUnderstood: true, picked: 'Opus 5.5' };
    assert.deepEqual(await send({ kind: 'open', text: 'Why?', page }), { kind: 'opened', isOpen: true });
    assert.deepEqual(kept[0].page, page);
    await send({ kind: 'open', text: 'Why?' });
    assert.equal(kept[1].page, null);
    assert.equal(await send({ kind: 'open', text: 'Why?', page: { ...page, current: 'maker/model' } }), undefined);
  });

  it('does not let a hidden page open the panel', async () => {
    const hidden = { ...sender(1), tab: { id: 1, active: false, windowId: 1 } };
    assert.equal(listen({ kind: 'open', text: 'Why?' }, hidden, assert.fail), false);
  });
});
