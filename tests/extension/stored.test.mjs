// Stored settings: older ones are upgraded, and damaged ones lose only their damaged parts.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { importExtension } from './import-module.mjs';

describe('the settings of the extension', () => {
  let schema;
  let upgrade;
  const before3 = { isOn: true, adapter: 'librechat', names: { 'a/Model': 'model-a' }, endpoint: 'openAI' };
  const site = { ...before3, pays: 'use', usual: null };
  const sound = () => structuredClone(everything());
  const everything = () => ({
    version: schema.VERSION,
    settings: { prefer: 'cheap', excluded: ['b'], prices: { a: 1, b: { in: 2, out: 3 } }, pricedOnly: true },
    sites: { 'https://chat.example.com': site, 'http://localhost:3000': { ...site, isOn: false } },
    index: { id: 'x', name: 'mine.sbx', sizeBytes: 12, model: null, dtype: 'q8' },
  });
  before(async () => {
    schema = await importExtension('stored/schema.ts');
    upgrade = await importExtension('stored/upgrade.ts');
  });

  it('are the defaults if nothing is stored', () => {
    assert.deepEqual(upgrade.readStored(undefined), { stored: schema.DEFAULT_STORED, isDamaged: false });
  });

  it('are read as they were written', () => {
    assert.deepEqual(upgrade.readStored(sound()), { stored: sound(), isDamaged: false });
    assert.deepEqual(upgrade.readImported(JSON.parse(JSON.stringify(sound()))), sound());
  });

  it('of an earlier version are upgraded: its dial from 0 to 100 has three positions now', () => {
    for (const [dial, prefer] of [
      [0, 'cheap'],
      [49.5, 'cheap'],
      [50, 'balanced'],
      [99, 'balanced'],
      [100, 'best'],
    ]) {
      const { prefer: _, ...others } = sound().settings;
      const settings = { dial, ...others };
      const upgraded = { prefer, ...others };
      assert.deepEqual(upgrade.readStored(settings), {
        stored: { ...schema.DEFAULT_STORED, settings: upgraded },
        isDamaged: false,
      });
      const first = { ...sound(), version: 1, settings };
      const expected = { ...sound(), settings: upgraded };
      assert.deepEqual(upgrade.readStored(first), { stored: expected, isDamaged: false });
      assert.deepEqual(upgrade.readImported(first), expected);
    }
    assert.equal(upgrade.readStored({ version: 1, settings: 7 }).isDamaged, true);
    assert.deepEqual(upgrade.readStored({ version: 1, settings: {} }).stored.settings, schema.DEFAULT_STORED.settings);
  });

  it('of version 2 are upgraded: prices count on each of its sites', () => {
    const second = { ...sound(), version: 2, sites: { 'https://chat.example.com': before3, 'https://odd.example': 7 } };
    const { stored, isDamaged } = upgrade.readStored(second);
    assert.deepEqual(stored.sites, { 'https://chat.example.com': site });
    assert.equal(isDamaged, true);
    delete second.sites['https://odd.example'];
    assert.equal(upgrade.readStored(second).isDamaged, false);
    assert.deepEqual(upgrade.readImported(second).sites, stored.sites);
    assert.equal(upgrade.readStored({ ...second, sites: 7 }).isDamaged, true);
  });

  it('of a newer version are not changed', () => {
    const future = { ...sound(), version: schema.VERSION + 1 };
    assert.throws(() => upgrade.readStored(future), upgrade.FromTheFuture);
    assert.throws(() => upgrade.readImported(future), /got format \d+, expected \d+ at most/);
  });

  it('keep their valid parts if others are damaged', () => {
    const raw = sound();
    raw.settings.prefer = 'dear';
    raw.settings.excluded = ['b', 7, 'c'];
    raw.settings.prices.b = -1;
    raw.sites['https://chat.example.com'].names = 'none';
    raw.sites['javascript:alert(1)'] = site;
    const { stored, isDamaged } = upgrade.readStored(raw);
    assert.equal(isDamaged, true);
    assert.deepEqual(stored.settings, { prefer: 'balanced', excluded: ['b', 'c'], prices: { a: 1 }, pricedOnly: true });
    assert.deepEqual(Object.keys(stored.sites), ['http://localhost:3000']);
    assert.deepEqual(stored.index, sound().index);
  });

  it('are the defaults if something else is stored', () => {
    for (const raw of [null, 7, 'text', [], [sound()]]) {
      assert.deepEqual(upgrade.readStored(raw).stored, schema.DEFAULT_STORED);
      assert.equal(upgrade.readStored(raw).isDamaged, true);
    }
  });

  it('in a file are valid as a whole, or refused with the place of the error', () => {
    const raw = sound();
    raw.sites['http://localhost:3000'].adapter = 'telepathy';
    assert.throws(
      () => upgrade.readImported(raw),
      /sites\.http:\/\/localhost:3000\.adapter: got "telepathy", expected/,
    );
    assert.throws(() => upgrade.readImported([]), /got undefined, expected/);
    assert.throws(() => upgrade.readImported(7), /the file: got 7, expected Object/);
  });

  it('in a file have no more sites than the page can show, and a transformer that can be downloaded', () => {
    const raw = sound();
    raw.sites = Object.fromEntries(Array.from({ length: 501 }, (_, i) => [`https://s${i}.example`, site]));
    assert.throws(() => upgrade.readImported(raw), /^Error: sites: got 501, expected <=500$/);
    delete raw.sites['https://s7.example'];
    assert.equal(Object.keys(upgrade.readImported(raw).sites).length, 500);
    for (const model of ['owner/name', null]) {
      assert.equal(upgrade.readImported({ ...sound(), index: { ...raw.index, model } }).index.model, model);
    }
    for (const model of ['', '../name', 'owner/../name', 'https://evil.example/name']) {
      assert.throws(() => upgrade.readImported({ ...sound(), index: { ...raw.index, model } }), /index\.model: got/);
    }
    // Infinity, as JSON can express it.
    const endless = JSON.parse(JSON.stringify(sound()).replace('"sizeBytes":12', '"sizeBytes":1e999'));
    assert.throws(() => upgrade.readImported(endless), /index\.sizeBytes: got Infinity/);
  });

  it('accept no names of object internals', () => {
    const raw = JSON.parse(JSON.stringify(sound()).replace('"a":1', '"__proto__":1'));
    const { stored } = upgrade.readStored(raw);
    assert.equal(Object.getPrototypeOf(stored.settings.prices), Object.prototype);
    assert.equal(stored.settings.prices.polluted, undefined);
    assert.equal({}.in, undefined);
  });

  it('identify a site by its origin', () => {
    const origins = {
      'chat.example.com': 'https://chat.example.com',
      ' https://chat.example.com/c/new?x=1#y ': 'https://chat.example.com',
      'http://localhost:3000/': 'http://localhost:3000',
      'localhost:3000': 'http://localhost:3000',
      '192.168.1.5:8080/c/new': 'http://192.168.1.5:8080',
      'HTTPS://Chat.Example.com': 'https://chat.example.com',
      'file:///etc/passwd': undefined,
      'javascript:alert(1)': undefined,
      'chrome://settings': undefined,
      '': undefined,
      'two words': undefined,
      // To the browser these would mean many sites, or all.
      '*': undefined,
      'https://*': undefined,
      'http://*:3000': undefined,
      '*.example.com': undefined,
      'https://chat.%2A.example.com': undefined,
    };
    for (const [typed, origin] of Object.entries(origins)) assert.equal(schema.originOf(typed), origin, typed);
  });
});

describe('the permission of a site', () => {
  it('includes the port if the browser supports ports in patterns', async () => {
    const chromium = await importExtension('sites.ts');
    const firefox = await importExtension('sites.ts', { firefox: true });
    assert.equal(chromium.patternOf('http://localhost:3000'), 'http://localhost:3000/*');
    assert.equal(firefox.patternOf('http://localhost:3000'), 'http://localhost/*');
    assert.equal(chromium.patternOf('https://chat.example.com'), 'https://chat.example.com/*');
  });
});
