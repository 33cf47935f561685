// All that the extension keeps as a zip and back: what comes in is a stranger's file, taken whole or refused with the place.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { BlobWriter, TextReader, Uint8ArrayReader, ZipWriter } from '@zip.js/zip.js';
import { importExtension } from './import-module.mjs';

const INDEX = { id: 'x', name: 'mine', sizeBytes: 5, model: null, dtype: 'q8' };
const BYTES = Uint8Array.of(1, 2, 3, 4, 5);
const JUDGED = [
  { id: 'a', prompt: 'Ünïcode, שלום, 猫 and 🐈', outcomes: { 'a/Model': 1 }, at: 1700000000000 },
  { id: 'b', prompt: '<img src=x onerror=alert(1)>', outcomes: { 'b/Model': 0, 'a/Model': 1 }, at: 1600000000000.5 },
];
const everything = (index = null) => ({
  version: 1,
  settings: { dial: 40, excluded: ['b/Model'], prices: { 'a/Model': { in: 1, out: 2 } }, pricedOnly: true },
  sites: { 'http://localhost:3000': { isOn: false, adapter: 'open-webui', names: { 'a/Model': 'a' }, endpoint: '' } },
  index,
});

/** A zip of these members, by name; a text or bytes each. */
async function zipOf(members, options = {}) {
  const zip = new ZipWriter(new BlobWriter(), { useWebWorkers: false, ...options });
  for (const [name, content] of members) {
    await zip.add(name, typeof content === 'string' ? new TextReader(content) : new Uint8ArrayReader(content));
  }
  return zip.close();
}

const sound = (changed = {}) => {
  const members = { 'settings.json': JSON.stringify(everything()), 'judgements.json': JSON.stringify(JUDGED) };
  return Object.entries({ ...members, ...changed });
};

describe('export and import', () => {
  let packAll;
  let unpackAll;
  before(async () => {
    ({ packAll, unpackAll } = await importExtension('stored/transfer.ts'));
  });
  const refuses = async (members, message, options) =>
    assert.rejects(unpackAll(await zipOf(members, options)), { message });

  it('give back what was kept, with an index of one’s own and without', async () => {
    for (const index of [null, BYTES]) {
      const stored = everything(index && INDEX);
      const packed = await packAll({ stored, judged: JUDGED, index });
      assert.deepEqual(await unpackAll(new Blob([packed])), { stored, judged: JUDGED, index });
    }
  });

  it('take a prompt with half of a character', async () => {
    const [first] = JUDGED;
    const judged = [{ ...first, prompt: 'cut \ud83d' }];
    const packed = await packAll({ stored: everything(), judged, index: null });
    assert.deepEqual((await unpackAll(new Blob([packed]))).judged, judged);
  });

  it('take no judgement for newer than those that are still to come', async () => {
    const judged = [{ ...JUDGED[0], at: 1e300 }, JUDGED[1]];
    const packed = await packAll({ stored: everything(), judged, index: null });
    const [first, second] = (await unpackAll(new Blob([packed]))).judged;
    assert.ok(first.at <= Date.now());
    assert.equal(second.at, JUDGED[1].at);
  });

  it('refuse what is no zip, or is cut off', async () => {
    const packed = await packAll({ stored: everything(), judged: JUDGED, index: null });
    for (const bytes of [new Uint8Array(), Uint8Array.of(1, 2, 3), packed.subarray(0, packed.length - 30)]) {
      await assert.rejects(unpackAll(new Blob([bytes])), { message: /^got no zip that can be read .*, expected one/ });
    }
  });

  it('refuse members that nobody knows, folders, and what is there twice', async () => {
    await refuses(sound({ 'evil.js': '1' }), /^got the member "evil\.js", expected settings\.json, /);
    await refuses(sound({ '../settings.json': '{}' }), /^got no zip that can be read .Unsafe filename., expected one/);
    await refuses(sound({ __proto__x: '1' }), /^got the member "__proto__x"/);
    await refuses(sound({ 'index.sbx/': '' }), /^got the member "index\.sbx\/"/);
    // zip.js writes no name twice: the second one is renamed in the bytes.
    const zip = await zipOf([...sound(), ['settingz.json', '{}']]);
    const text = Buffer.from(await zip.arrayBuffer())
      .toString('latin1')
      .replaceAll('settingz.json', 'settings.json');
    await assert.rejects(unpackAll(new Blob([Buffer.from(text, 'latin1')])), {
      message: 'settings.json: got it twice, expected it once',
    });
  });

  it('refuse what is missing, and an index that is not named', async () => {
    await refuses([['judgements.json', '[]']], 'got no settings.json, expected one');
    await refuses([['settings.json', JSON.stringify(everything())]], 'got no judgements.json, expected one');
    await refuses(sound({ 'index.sbx': BYTES }), /^got an index\.sbx that settings\.json does not name/);
    await refuses(sound({ 'settings.json': JSON.stringify(everything(INDEX)) }), /expected an index\.sbx, got none$/);
  });

  it('say where something is not sound', async () => {
    await refuses(sound({ 'settings.json': '{' }), /^settings\.json: got no JSON \(/);
    await refuses(sound({ 'settings.json': Uint8Array.of(0xff, 0xfe) }), /^settings\.json: got no JSON \(/);
    const settings = (change) => JSON.stringify({ ...everything(), ...change });
    await refuses(
      sound({ 'settings.json': settings({ version: 99 }) }),
      /^settings\.json: .*got format 99, expected 1/,
    );
    await refuses(
      sound({ 'settings.json': settings({ sites: { 'javascript:alert(1)': {} } }) }),
      /^settings\.json: sites\.javascript:alert\(1\): got "javascript:alert\(1\)", expected/,
    );
    const judgements = (change) => JSON.stringify([JUDGED[0], { ...JUDGED[1], ...change }]);
    await refuses(
      sound({ 'judgements.json': judgements({ outcomes: { a: 2 } }) }),
      /^judgements\.json: 1\.outcomes\.a: got 2, expected/,
    );
    await refuses(
      sound({ 'judgements.json': judgements({ prompt: '' }) }),
      /^judgements\.json: 1\.prompt: got 0, expected/,
    );
    await refuses(sound({ 'judgements.json': '{}' }), /^judgements\.json: got Object, expected Array$/);
    const many = Array.from({ length: 501 }, (_, i) => ({ ...JUDGED[0], id: String(i) }));
    await refuses(sound({ 'judgements.json': JSON.stringify(many) }), /^judgements\.json: got 501, expected <=500$/);
  });

  it('refuse what is damaged, encrypted, or unpacks to more than there can be', async () => {
    const zip = Buffer.from(await (await zipOf(sound(), { level: 0 })).arrayBuffer());
    zip[zip.indexOf('onerror')] ^= 1;
    await assert.rejects(unpackAll(new Blob([zip])), { message: /^judgements\.json: it is damaged \(/ });
    await refuses(sound(), /^settings\.json: got an encrypted file, expected a plain one$/, { password: 'x' });
    const bomb = new Uint8Array(9_000_000);
    await refuses(sound({ 'settings.json': bomb }), /^settings\.json: got 9000000 bytes, expected at most 8000000$/);
    // The same, and its directory says that it is small.
    const lie = Buffer.from(await (await zipOf(sound({ 'settings.json': bomb }))).arrayBuffer());
    const size = Buffer.alloc(4);
    size.writeUInt32LE(bomb.length);
    for (let at = lie.indexOf(size); at >= 0; at = lie.indexOf(size, at)) lie.writeUInt32LE(100, at);
    await assert.rejects(unpackAll(new Blob([lie])), {
      message: 'settings.json: it is damaged (Invalid uncompressed size)',
    });
  });
});
