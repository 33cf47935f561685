// The models that the user has in a chat, and the comparison of the suggested one with the current one.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { importExtension } from './import-module.mjs';

describe('the models that the user has in a chat', () => {
  let offered;
  let upgrade;
  let schema;
  before(async () => {
    offered = await importExtension('mine/offered.ts');
    upgrade = await importExtension('stored/upgrade.ts');
    schema = await importExtension('stored/schema.ts');
  });

  it('are those of the smallest plan at first, and can be kept', () => {
    const sites = Object.fromEntries(
      offered.KNOWN.flatMap(({ homes }) => homes).map((origin) => [origin, offered.newSiteAt(origin)]),
    );
    const stored = { ...schema.DEFAULT_STORED, sites };
    assert.deepEqual(upgrade.readStored(stored), { stored, isDamaged: false });
    for (const { homes, offer } of offered.KNOWN) {
      const { names, pays } = offered.newSiteAt(homes[0]);
      assert.deepEqual(names, offer === undefined ? {} : offered.namesIn(offer, offered.plansOf(offer)[0]));
      // Without any, every model could be suggested.
      assert.equal(Object.keys(names).length > 0, offer !== undefined);
      assert.equal(pays, offer === undefined ? 'use' : 'plan');
    }
    assert.deepEqual(offered.newSiteAt('https://chat.example.com'), schema.NEW_SITE);
  });

  it('are all of the list if none is ticked, and the one that is on', () => {
    const [{ homes, offer }] = offered.KNOWN;
    const ticked = offered.newSiteAt(homes[0]);
    assert.deepEqual(offered.siteFor(homes[0], ticked), { ...ticked, listed: ticked.names });
    const none = offered.siteFor(homes[0], { ...ticked, names: {} });
    assert.deepEqual(Object.keys(none.names).sort(), [...new Set(offer.models.map(({ model }) => model))].sort());
    const other = offered.siteFor(homes[0], ticked, 'maker/other');
    assert.deepEqual(other.names, { ...ticked.names, 'maker/other': 'other' });
    assert.deepEqual(other.listed, ticked.names);
    const [, ...others] = Object.entries(none.names);
    assert.deepEqual(offered.siteFor(homes[0], { ...ticked, names: Object.fromEntries(others) }).listed, {});
    assert.deepEqual(none.listed, none.names);
    // Every model may be suggested there, the current one too.
    const anywhere = offered.siteFor('https://chat.example.com', schema.NEW_SITE, 'maker/other');
    assert.deepEqual(anywhere, { ...schema.NEW_SITE, listed: {} });
    const named = { ...schema.NEW_SITE, names: { 'maker/none': 'None' } };
    assert.deepEqual(offered.siteFor('https://chat.example.com', named), { ...named, listed: {} });
  });

  it('tell the plan, until one of them is ticked or left out', () => {
    for (const { offer } of offered.KNOWN.filter(({ offer }) => offer !== undefined)) {
      for (const plan of offered.plansOf(offer)) {
        const names = offered.namesIn(offer, plan);
        const found = offered.planOf(offer, { names });
        // Two plans may have the same models.
        assert.deepEqual(offered.namesIn(offer, found), names);
        const [first, ...others] = Object.entries(names);
        const fewer = offered.planOf(offer, { names: Object.fromEntries(others) });
        if (fewer !== undefined) assert.equal(Object.hasOwn(offered.namesIn(offer, fewer), first[0]), false);
        assert.equal(offered.planOf(offer, { names: { ...names, 'a/stranger': 'x' } }), undefined);
      }
    }
  });
});

describe('a chat with several origins', () => {
  after(() => {
    for (const name of ['mineStored', 'chrome']) delete globalThis[name];
  });

  it('is removed with all of them, and with their permissions', async () => {
    const [own, arena, old] = ['https://chat.example.com', 'https://arena.ai', 'https://lmarena.ai'];
    globalThis.mineStored = { sites: { [arena]: {}, [own]: {}, [old]: {} } };
    const revoked = [];
    globalThis.chrome = { permissions: { remove: async ({ origins }) => revoked.push(...origins) } };
    const standIns = {
      '../stored/stored-signals.js': `
        export const stored = {
          get value() { return globalThis.mineStored; },
          peek: () => globalThis.mineStored,
        };
        export const rewrite = async (change) => { globalThis.mineStored = change(globalThis.mineStored); };`,
    };
    const sites = await importExtension('mine/changing-sites.ts', { standIns });
    assert.deepEqual(sites.originsOfChat('lmarena'), [arena, old]);
    await sites.removeChat('lmarena');
    assert.deepEqual(globalThis.mineStored, { sites: { [own]: {} } });
    assert.deepEqual(revoked, [`${arena}/*`, `${old}/*`]);
    await sites.removeChat('lmarena');
    await sites.removeSite(own);
    assert.deepEqual([globalThis.mineStored, revoked.at(-1)], [{ sites: {} }, `${own}/*`]);
  });
});

describe('switching to the suggested model', () => {
  let switchWords;
  before(async () => {
    ({ switchWords } = await importExtension('mine/switching.ts'));
  });
  const ranked = (model, pCorrect, usdPerAnswer) => ({
    ...{ model, pCorrect, usdPerAnswer, votes: 30 },
    usdPerMTok: usdPerAnswer && 1,
  });
  const decision = (to, from, fallbackReason = null) => ({
    ...{ model: 'a', policy: 'families', ranking: [to, from] },
    fallbackReason,
  });
  const nameOf = (model) => model.toUpperCase();
  const words = (to, from, pays = 'use', current = 'b') => switchWords(decision(to, from), current, pays, nameOf);

  it('is worth points and, where answers cost something, money', () => {
    assert.equal(
      words(ranked('a', 0.8, 0.001), ranked('b', 0.75, 0.004)),
      'Instead of B: 5 points better, saves $3.00 per 1,000 answers.',
    );
    assert.equal(
      words(ranked('a', 0.75, 0.001), ranked('b', 0.75, 0.004)),
      'Instead of B: about as good, saves $3.00 per 1,000 answers.',
    );
    assert.equal(words(ranked('a', 0.8, 0.001), ranked('b', 0.75, 0.004), 'plan'), 'Instead of B: 5 points better.');
    assert.equal(words(ranked('a', 0.8, 0.001), ranked('b', 0.75, null)), 'Instead of B: 5 points better.');
  });

  it('is hardly worth it for a point, and not compared with a model that few tasks have measured', () => {
    assert.equal(
      words(ranked('a', 0.74, 0.004), ranked('b', 0.75, 0.001)),
      'Hardly worth a switch from B: 1 point worse, costs $3.00 more per 1,000 answers.',
    );
    assert.equal(
      words(ranked('a', 0.751, 0.001), ranked('b', 0.75, 0.001)),
      'Hardly worth a switch from B: about as good, at the same price.',
    );
    assert.equal(
      words(ranked('a', 0.8, 0.001), { ...ranked('b', 0.75, 0.004), votes: 3 }),
      'One of them has too few results to compare A with B.',
    );
  });

  it('is not suggested to a user who is there already, and not compared with nothing', () => {
    const two = [ranked('a', 0.8, 0.001), ranked('b', 0.75, 0.004)];
    assert.equal(words(...two, 'use', 'a'), 'You are already on it: stay with A.');
    for (const current of [null, 'c']) assert.equal(words(...two, 'use', current), '');
    for (const reason of ['out_of_coverage', 'unread']) {
      assert.equal(switchWords(decision(...two, reason), 'b', 'use', nameOf), '');
    }
  });
});
