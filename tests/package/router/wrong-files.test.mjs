// Files that are not what they should be: refused by their first bytes, with a reason of readable length.
import assert from 'node:assert/strict';
import { closeSync, ftruncateSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { liveHandles, Router } from '../../../dist/index.js';
import { loadCore } from '../../../dist/wasm/core-module.js';
import { dist, embedderFiles, expectNothingOpen, refused } from '../support/fixtures.mjs';
import { topicsIndex } from '../support/topics.mjs';

const MB = 1 << 20;
const bytesOf = (text) => new TextEncoder().encode(text);
const LFS = bytesOf('version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n');

let folder;
let index;
/** A server whose bodies never end: zeros, or the start that a path names. */
let server;
let origin;
/** Bytes of bodies that were taken from the server. */
let sent = 0;

before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'signalbox-wrong-'));
  index = await topicsIndex();
  const starts = {
    '/index': () => index,
    '/wasm': () => readFileSync(new URL('signalbox.wasm', dist)),
    '/zeros': () => '',
  };
  server = createServer((request, response) => {
    const more = Buffer.alloc(MB / 4);
    const write = (bytes) => {
      sent += bytes.length;
      return response.write(bytes);
    };
    const go = () => {
      while (!response.destroyed && write(more));
    };
    response.on('drain', go);
    write(Buffer.from(starts[request.url]()));
    go();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${server.address().port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});
expectNothingOpen();

const open = (source) => Router.load({ index: source, embedder: null });

describe('an index', () => {
  it('of a gigabyte is refused by its first bytes, and takes no memory', async () => {
    const file = path.join(folder, 'weights.bin');
    const descriptor = openSync(file, 'w');
    ftruncateSync(descriptor, 1e9);
    closeSync(descriptor);
    const core = await loadCore(undefined, {});
    const before = core.memoryBytes;
    await refused(open(file), 'bad_magic');
    await refused(open(new Blob([new Uint8Array(8 * MB)])), 'bad_magic');
    assert.equal(core.memoryBytes, before);
    assert.equal(liveHandles(), 0);
  });

  it('that never ends is refused at its stated end, or by its first bytes', async () => {
    sent = 0;
    await refused(open(`${origin}/zeros`), 'bad_magic');
    await refused(open(`${origin}/index`), 'bad_section', /bytes after the end/);
    await refused(open(new Response((await fetch(`${origin}/index`)).body)), 'bad_section');
    assert.ok(sent < 64 * MB, `${sent} bytes were taken from the server`);
  });

  it('takes no more memory than its header states', async () => {
    const core = await loadCore(undefined, {});
    const load = async () => (await open(new Response(index))).dispose();
    await load();
    const before = core.memoryBytes;
    for (let i = 0; i < 50; ++i) await load();
    assert.equal(core.memoryBytes, before, 'what one load took, the next one uses');
  });

  it('in pieces of any size opens', async () => {
    for (const size of [1, 7, 63, 64, 65, 4000]) {
      const pieces = Array.from({ length: Math.ceil(index.length / size) }, (_, i) =>
        index.slice(i * size, (i + 1) * size),
      );
      (await open(new Response(new Blob(pieces).stream()))).dispose();
      (await open(new Response(ReadableStream.from(pieces)))).dispose();
    }
  });
});

describe('a message about a file', () => {
  it('says what the file is', async () => {
    for (const [bytes, pattern] of [
      [LFS, /Git LFS pointer: .*git lfs pull/],
      [bytesOf('<!doctype html><p>Sign in'), /HTML/],
      [gzipSync(LFS), /Git LFS pointer/],
      [bytesOf('PK\x03\x04......'), /zip file/],
      [bytesOf('{"a": 1}'), /JSON/],
      [readFileSync(new URL('signalbox.wasm', dist)), /WebAssembly/],
      [new Uint8Array(0), /empty file/],
    ]) {
      await refused(open(new Uint8Array(bytes)), 'bad_magic', pattern);
    }
    const files = embedderFiles();
    const embedder = (changed) => Router.load({ index, embedder: { ...files, ...changed } });
    for (const name of ['tokenizer', 'model', 'config']) {
      await refused(embedder({ [name]: LFS }), 'bad_embedder', /Git LFS pointer/);
    }
  });

  it('says why it could not be read', async () => {
    await refused(open(path.join(folder, 'none.sbx')), 'network', /none\.sbx could not be read: no such file/);
    await refused(open(folder), 'network', /is a directory|illegal operation on a directory/);
    await refused(open(Response.error()), 'network', /the response is a network error/);
    await refused(open('http://127.0.0.1:1/index.sbx'), 'network', /could not be fetched/);
  });

  it('shortens long addresses in their middle', async () => {
    for (const [address, code] of [
      [`data:application/octet-stream;base64,${'A'.repeat(100_000)}`, 'bad_magic'],
      [`${origin.replace(/\d+$/, '1')}/${'long/'.repeat(20_000)}end.sbx`, 'network'],
      [path.join(folder, 'long'.repeat(20_000)), 'network'],
      [`file://${folder}/${'long/'.repeat(20_000)}`, 'network'],
    ]) {
      const error = await refused(open(address), code);
      assert.ok(error.message.length < 500, `${error.message.length} characters: ${error.message.slice(0, 600)}`);
    }
  });
});

describe('the WebAssembly module', () => {
  it('is refused if a bit of it changed', async () => {
    const bytes = readFileSync(new URL('signalbox.wasm', dist));
    for (const at of [8, 5000, bytes.length - 1]) {
      const changed = Buffer.from(bytes);
      changed[at] ^= 1;
      const file = path.join(folder, `changed-${at}.wasm`);
      writeFileSync(file, changed);
      await refused(Router.load({ wasm: file }), 'bad_wasm', /SHA-256 is [0-9a-f]{64}, expected [0-9a-f]{64}/);
    }
    const half = path.join(folder, 'half.wasm');
    writeFileSync(half, bytes.subarray(0, 1000));
    await refused(Router.load({ wasm: half }), 'bad_wasm', /has 1000 bytes, expected \d+/);
  });

  it('is read only as far as it can be the right one', async () => {
    sent = 0;
    await refused(Router.load({ wasm: `${origin}/zeros` }), 'bad_wasm', /begin with 00 00 00 00/);
    await refused(Router.load({ wasm: `${origin}/wasm` }), 'bad_wasm', /more than \d+ bytes/);
    assert.ok(sent < 64 * MB, `${sent} bytes were taken from the server`);
  });
});
