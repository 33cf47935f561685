// Files and bytes of another realm: jsdom, an iframe and node:vm have classes of their own.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { it } from 'node:test';
import { runInNewContext } from 'node:vm';
import { Router } from '../../../dist/index.js';
import { dist } from '../support/fixtures.mjs';

const bytes = (name) => readFile(new URL(name, dist));

it('bytes of another realm are bytes', async () => {
  const realm = runInNewContext('({ Uint8Array, ArrayBuffer })');
  const there = async (name) => realm.Uint8Array.from(await bytes(name));
  const index = await there('models/index/index.sbx');
  const embedder = (await there('models/embedder/embedder.bin')).buffer;
  assert.ok(!(index instanceof Uint8Array) && !(embedder instanceof ArrayBuffer));
  const router = await Router.load({ index, embedder, wasm: await there('signalbox.wasm') });
  assert.match((await router.route('What is two plus two?')).model, /\//);
  router.dispose();
});

it('an address of another class of URL is an address', async () => {
  class URL {
    constructor(href) {
      this.href = href;
    }
    get [Symbol.toStringTag]() {
      return 'URL';
    }
    toString() {
      return this.href;
    }
  }
  const index = new URL(new globalThis.URL('models/index/index.sbx', dist).href);
  const router = await Router.load({ index });
  assert.ok(router.info.models.length > 0);
  router.dispose();
});

for (const other of [
  Object.create(Uint8Array.prototype),
  { byteLength: 4 },
  new Float32Array(4),
  new DataView(new ArrayBuffer(4)),
]) {
  it(`${Object.prototype.toString.call(other)} is not taken for bytes`, async () => {
    await assert.rejects(Router.load({ index: other }), { code: 'invalid_argument' });
  });
}
