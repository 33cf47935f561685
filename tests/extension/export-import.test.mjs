// Export and import as a zip: an imported file is not trusted; it is valid as a whole, or refused with the place of the error.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { BlobWriter, TextReader, Uint8ArrayReader, ZipWriter } from '@zip.js/zip.js';
import { importExtension } from './import-module.mjs';

const INDEX = { id: 'x', name: 'mine', sizeBytes: 5, model: null, dtype: 'q8' };
const BYTES = Uint8Array.of(1, 2, 3, 4, 5);
const FEEDBACK = [
  { id: 'a', prompt: 'Ünïcode, שלום, 猫 and 🐈', outcomes: { 'a/Model': 1 }, at: 1700000000000 },
  { id: 'b', prompt: '<img src=x onerror=alert(1)>', outcomes: { 'b/Model': 0, 'a/Model': 1 }, at: 1600000000000.5 },
];
const SITE = {
  ...{ isOn: false, adapter: 'open-webui', names: { 'a/Model': 'a' }, endpoint: '' },
  ...{ pays: 'plan', usual: 'a/Model' },
};
const everything = (index = null) => ({
  version: 3,
  settings: { prefer: 'cheap', excluded: ['b/Model'], prices: { 'a/Model': { in: 1, out: 2 } }, pricedOnly: true },
  sites: { 'http://localhost:3000': SITE },
  index,
});

/** Returns a zip of these members: names with a text or bytes each. */
async function zipOf(members, options = {}) {
  const zip = new ZipWriter(new BlobWriter(), { useWebWorkers: false, ...options });
  for (const [name, content] of members) {
    await zip.add(name, typeof content === 'string' ? new TextReader(content) : new Uint8ArrayReader(content));
  }
  return zip.close();
}

const sound = (changed = {}) => {
  const members = { 'settings.json': JSON.stringify(everything()), 'judgements.json': JSON.stringify(FEEDBACK) };
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

  it('return what was kept, with and without the user’s own index', async () => {
    for (const index of [null, BYTES]) {
      const stored = everything(index && INDEX);
      const packed = await packAll({ stored, feedback: FEEDBACK, index });
      assert.deepEqual(await unpackAll(new Blob([packed])), { stored, feedback: FEEDBACK, index });
    }
  });

  it('accept a prompt with a lone surrogate', async () => {
    const [first] = FEEDBACK;
    const feedback = [{ ...first, prompt: 'cut \ud83d' }];
    const packed = await packAll({ stored: everything(), feedback, index: null });
    assert.deepEqual((await unpackAll(new Blob([packed]))).feedback, feedback);
  });

  it('accept no rating from the future', async () => {
    const feedback = [{ ...FEEDBACK[0], at: 1e300 }, FEEDBACK[1]];
    const packed = await packAll({ stored: everything(), feedback, index: null });
    const [first, second] = (await unpackAll(new Blob([packed]))).feedback;
    assert.ok(first.at <= Date.now());
    assert.equal(second.at, FEEDBACK[1].at);
  });

  it('refuse other files, and a truncated zip', async () => {
    const packed = await packAll({ stored: everything(), feedback: FEEDBACK, index: null });
    for (const bytes of [new Uint8Array(), Uint8Array.of(1, 2, 3), packed.subarray(0, packed.length - 30)]) {
      await assert.rejects(unpackAll(new Blob([bytes])), { message: /^got an unreadable zip .*, expected an export/ });
    }
  });

  it('refuse unknown members, folders and duplicates', async () => {
    await refuses(sound({ 'evil.js': '1' }), /^got the member "evil\.js", expected settings\.json, /);
    await refuses(sound({ '../settings.json': '{}' }), /^got an unreadable zip .Unsafe filename., expected an export/);
    await refuses(sound({ __proto__x: '1' }), /^got the member "__proto__x"/);
    await refuses(sound({ 'index.sbx/': '' }), /^got the member "index\.sbx\/"/);
    // zip.js refuses to write a name twice, so the second one is renamed in the bytes.
    const zip = await zipOf([...sound(), ['settingz.json', '{}']]);
    const text = Buffer.from(await zip.arrayBuffer())
      .toString('latin1')
      .replaceAll('settingz.json', 'settings.json');
    await assert.rejects(unpackAll(new Blob([Buffer.from(text, 'latin1')])), {
      message: 'settings.json: got two members of this name, expected one',
    });
  });

  it('refuse missing members, and an index that the settings do not name', async () => {
    await refuses([['judgements.json', '[]']], 'expected a member settings.json, got none');
    await refuses([['settings.json', JSON.stringify(everything())]], 'expected a member judgements.json, got none');
    await refuses(sound({ 'index.sbx': BYTES }), /^got an index\.sbx that settings\.json does not name/);
    await refuses(sound({ 'settings.json': JSON.stringify(everything(INDEX)) }), /expected an index\.sbx, got none$/);
  });

  it('report the place of an error', async () => {
    await refuses(sound({ 'settings.json': '{' }), /^settings\.json: got invalid JSON \(/);
    await refuses(sound({ 'settings.json': Uint8Array.of(0xff, 0xfe) }), /^settings\.json: got invalid JSON \(/);
    const settings = (change) => JSON.stringify({ ...everything(), ...change });
    await refuses(
      sound({ 'settings.json': settings({ version: 99 }) }),
      /^settings\.json: .*got format 99, expected 3/,
    );
    await refuses(
      sound({ 'settings.json': settings({ sites: { 'javascript:alert(1)': {} } }) }),
      /^settings\.json: sites\.javascript:alert\(1\): got "javascript:alert\(1\)", expected/,
    );
    const judgements = (change) => JSON.stringify([FEEDBACK[0], { ...FEEDBACK[1], ...change }]);
    await refuses(
      sound({ 'judgements.json': judgements({ outcomes: { a: 2 } }) }),
      /^judgements\.json: 1\.outcomes\.a: got 2, expected/,
    );
    await refuses(
      sound({ 'judgements.json': judgements({ prompt: '' }) }),
      /^judgements\.json: 1\.prompt: got 0, expected/,
    );
    await refuses(sound({ 'judgements.json': '{}' }), /^judgements\.json: got Object, expected Array$/);
    const many = Array.from({ length: 501 }, (_, i) => ({ ...FEEDBACK[0], id: String(i) }));
    await refuses(sound({ 'judgements.json': JSON.stringify(many) }), /^judgements\.json: got 501, expected <=500$/);
  });

  it('refuse damaged, encrypted and oversized members', async () => {
    const zip = Buffer.from(await (await zipOf(sound(), { level: 0 })).arrayBuffer());
    zip[zip.indexOf('onerror')] ^= 1;
    await assert.rejects(unpackAll(new Blob([zip])), { message: /^judgements\.json: the data is damaged \(/ });
    await refuses(sound(), /^settings\.json: got an encrypted file, expected a plain one$/, { password: 'x' });
    const bomb = new Uint8Array(9_000_000);
    await refuses(sound({ 'settings.json': bomb }), /^settings\.json: got 9000000 bytes, expected at most 8000000$/);
    // The same member, with a small size in the directory.
    const lie = Buffer.from(await (await zipOf(sound({ 'settings.json': bomb }))).arrayBuffer());
    const size = Buffer.alloc(4);
    size.writeUInt32LE(bomb.length);
    for (let at = lie.indexOf(size); at >= 0; at = lie.indexOf(size, at)) lie.writeUInt32LE(100, at);
    await assert.rejects(unpackAll(new Blob([lie])), {
      message: 'settings.json: the data is damaged (Invalid uncompressed size)',
    });
  });
});
