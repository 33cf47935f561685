// The file by which a deployment of the site names weights of its own.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, it } from 'node:test';
import { offeredEmbedders, otherHosts } from '../../scripts/embedders.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'signalbox-offers-'));
const index = path.join(folder, 'twin.sbx');
writeFileSync(index, 'an index');
after(() => rmSync(folder, { recursive: true, force: true }));

const files = {
  'config.json': { sha256: 'a'.repeat(64), sizeBytes: 12 },
  'model.onnx': { sha256: 'b'.repeat(64), sizeBytes: 30 },
};
const address = 'https://weights.example.org/minilm/';
const offer = (own) => offeredEmbedders({ minilm: { index, ...own } }).find(({ key }) => key === 'minilm');

it('takes the weights from an own address with their hashes, and from the hub without', () => {
  const own = offer({ address, files });
  assert.deepEqual(own.manifest, { files });
  assert.equal(own.modelBytes, 42);
  assert.equal(own.indexFile, index);
  assert.deepEqual([own.address, own.id, own.pooling], [address, 'Xenova/all-MiniLM-L6-v2', 'mean']);
  const hub = offer({});
  assert.equal(hub.address, undefined);
  assert.equal(hub.manifest, undefined);
  assert.ok(hub.modelBytes > 20e6);
});

it('keeps the name of the weights beside the path of the index', () => {
  const { file, indexFile } = offer({ address, files, file: 'model.onnx' });
  assert.deepEqual([file, indexFile], ['model.onnx', index]);
  assert.equal(offer({ address, files }).file, undefined);
});

it('names the hosts that the page has to allow, once each', () => {
  const offers = [{ address }, { address: 'https://weights.example.org/mpnet/' }, { address: '../models/' }, {}];
  assert.deepEqual(otherHosts(offers), ['https://weights.example.org']);
});

it('refuses what it does not understand', () => {
  const refused = (own, words) => assert.throws(() => offeredEmbedders(own), words);
  refused({ minilmm: {} }, /the file of embedders has the field 'minilmm', expected minilm, mpnet/);
  refused({ minilm: { url: address } }, /the embedder minilm has the field 'url', expected address, files/);
  refused({ minilm: 'x' }, /the embedder minilm is "x", expected an object/);
  refused({ minilm: { index, address } }, /minilm has no files/);
  refused({ minilm: { index, files } }, /minilm has files, but no address/);
  refused({ minilm: { index, address, files: { a: { sha256: 'x', sizeBytes: 1 } } } }, /sha256 of a is x, expected 64/);
  refused({ minilm: { index, address, files: { a: { sha256: 'a'.repeat(64) } } } }, /sizeBytes of a is undefined/);
  refused({ minilm: { index, address, files: { a: null } } }, /a is null, expected an object/);
  refused({ minilm: { index: path.join(folder, 'none.sbx') } }, /the index .*none\.sbx does not exist/);
});
