// The records of chats: their addresses and lists of models, and which model a picker's text means.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { Router } from '../../dist/index.js';
import { importExtension } from './import-module.mjs';

describe('the records of chats', () => {
  let chats;
  before(async () => {
    chats = await importExtension('chats/index.ts');
  });

  it('list models of the built-in index only, each once, by different names and in a plan that exists', async () => {
    const router = await Router.load();
    const known = new Set(router.info.models.map(({ name }) => name));
    router.dispose();
    for (const { name, offer } of chats.CHATS) {
      if (offer === undefined) continue;
      const { asOf, plans, models } = offer;
      assert.match(asOf, /^20\d\d-(0[1-9]|1[0-2])$/, name);
      assert.deepEqual(
        models.filter(({ model }) => !known.has(model)),
        [],
        name,
      );
      for (const key of ['model', 'label']) assert.equal(new Set(models.map((each) => each[key])).size, models.length);
      assert.deepEqual(
        models.filter(({ plan }) => !plans.includes(plan)),
        [],
        name,
      );
    }
  });

  it('have origins of their own, and one name each', () => {
    const homes = chats.CHATS.flatMap(({ homes }) => homes);
    assert.equal(new Set(homes).size, homes.length);
    for (const home of homes) assert.equal(new URL(home).origin, home);
    assert.equal(new Set(chats.CHATS.map(({ name }) => name)).size, chats.CHATS.length);
  });

  it('tell the models of a plan, which include those of smaller ones', () => {
    const { offer } = chats.CHATS.find(({ name }) => name === 'claude');
    const sizes = offer.plans.map((plan) => chats.offeredIn(offer, plan).length);
    assert.ok(sizes.every((size, i) => size > (sizes[i - 1] ?? 0)));
    assert.equal(sizes.at(-1), offer.models.length);
    for (const plan of [null, 'Another']) assert.equal(chats.offeredIn(offer, plan), offer.models);
  });

  it('know each of their models by its label and by the other texts of the picker', () => {
    for (const { name, offer } of chats.CHATS) {
      for (const { label, model, shownAs = [] } of offer?.models ?? []) {
        for (const text of [label, label.toUpperCase(), ...shownAs, ` ${label.replace(/[ .]/g, '-')} (thinking) `]) {
          assert.equal(chats.modelShown(offer.models, text), model, `${name}: ${text}`);
        }
      }
    }
  });

  it('take the longest name in a text, as whole words, and none if two models have it or the text says more', () => {
    const models = [
      { label: 'Flash', model: 'flash' },
      { label: 'Flash-Lite', model: 'lite' },
      { label: 'GPT-5', model: 'five', shownAs: ['Auto'] },
      { label: 'GPT-5.5', model: 'five-five', shownAs: ['Auto'] },
    ];
    for (const [text, model] of [
      ['Flash', 'flash'],
      ['Flash extended', 'flash'],
      ['3.8 Flash', undefined],
      ['flash lite', 'lite'],
      ['Flashy', undefined],
      ['gpt-5-5-2026-08-01', 'five-five'],
      ['GPT-5 (high)', 'five'],
      ['GPT-5 mini', undefined],
      ['GPT-5 Fast', undefined],
      ['Flash for everything', undefined],
      ['gpt-50', undefined],
      ['Auto', undefined],
      ['', undefined],
    ]) {
      assert.equal(chats.modelShown(models, text), model, text);
    }
  });

  it('skip names without words, which any text of symbols would have', () => {
    const models = [
      { label: '🤖', model: 'robot' },
      { label: 'Poet', model: 'poet', shownAs: ['✨'] },
    ];
    for (const text of ['🤖', '✨', '…', '']) assert.equal(chats.modelShown(models, text), undefined, text);
    assert.equal(chats.modelShown(models, '🤖 Poet'), 'poet');
    assert.equal(chats.pickedOn('generic', { robot: '🤖' }, '+'), undefined);
  });

  it('take a label before any other text of the picker, which may stand beside the label of its own model', () => {
    const { models } = chats.CHATS.find(({ name }) => name === 'chatgpt').offer;
    for (const [text, model] of [
      ['GPT-6 Sol High', 'openai/gpt-6-sol'],
      ['GPT-6 Sol Extra High', 'openai/gpt-6-sol'],
      ['Extra High', 'openai/gpt-6-sol'],
      ['o3 High', 'openai/o3'],
      ['o3 Extra High', 'openai/o3'],
      ['GPT-5.5 Instant', 'openai/gpt-5.5-instant'],
      ['GPT-6 Sol Instant', undefined],
    ]) {
      assert.equal(chats.modelShown(models, text), model, text);
    }
  });
});
