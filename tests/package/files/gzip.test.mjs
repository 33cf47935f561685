// Index and embedder may be gzip streams: the package ships such, since few hosts compress their types.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { gunzip as gunzipInNode } from '../../../dist/files/platform-node.js';
import { gunzip as gunzipInPage } from '../../../dist/files/platform-web.js';
import { readBytes, readInto } from '../../../dist/files/sources.js';
import { Router } from '../../../dist/index.js';
import { dist, OPENLLM, refused, root } from '../support/fixtures.mjs';

const PLAIN = Uint8Array.from({ length: 200_000 }, (_, i) => (i * i) % 251);
const PACKED = gzipSync(PLAIN);

/** Yields bytes in chunks of a size. */
async function* inChunks(bytes, size) {
  for (let at = 0; at < bytes.length; at += size) yield new Uint8Array(bytes.subarray(at, at + size));
}

async function collect(chunks) {
  const all = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

for (const [where, gunzip] of [
  ['Node.js', gunzipInNode],
  ['a page', gunzipInPage],
]) {
  describe(`gzip in ${where}`, () => {
    it('is decompressed in chunks of any size', async () => {
      for (const size of [1000, PACKED.length]) {
        assert.ok((await collect(gunzip(inChunks(PACKED, size)))).equals(PLAIN), `${size}`);
      }
    });

    it('rejects if it is cut off or changed', async () => {
      const changed = Buffer.from(PACKED);
      changed[changed.length - 6] ^= 1;
      for (const bytes of [PACKED.subarray(0, -1), PACKED.subarray(0, 500), changed]) {
        await assert.rejects(collect(gunzip(inChunks(bytes, 300))));
      }
    });

    it('rejects with the error of its source', async () => {
      const failure = new Error('the cable');
      async function* failing() {
        yield PACKED.subarray(0, 100);
        throw failure;
      }
      await assert.rejects(collect(gunzip(failing())), failure);
    });

    it('ends its source if the reader has enough', async () => {
      let hasEnded = false;
      async function* endless() {
        try {
          yield PACKED.subarray(0, 1000);
          for (;;) yield await new Promise((resolve) => setImmediate(resolve, new Uint8Array(PACKED.subarray(0, 1))));
        } finally {
          hasEnded = true;
        }
      }
      for await (const chunk of gunzip(endless())) if (chunk.length > 0) break;
      while (!hasEnded) await new Promise(setImmediate);
    });
  });
}

it('a page that cannot decompress says so', async () => {
  const { DecompressionStream } = globalThis;
  delete globalThis.DecompressionStream;
  try {
    await refused(collect(gunzipInPage(inChunks(PACKED, 1000))), 'network', /there is no DecompressionStream here/);
  } finally {
    globalThis.DecompressionStream = DecompressionStream;
  }
});

describe('a source', () => {
  it('is decompressed whatever it comes from, also byte by byte', async () => {
    const small = gzipSync('a small file');
    for (const source of [small, new Blob([small]), new Response(small)]) {
      assert.equal(Buffer.from(await readBytes(source, {})).toString(), 'a small file');
    }
    const response = new Response(ReadableStream.from(inChunks(small, 1)));
    assert.equal(Buffer.from(await readBytes(response, {})).toString(), 'a small file');
  });

  it('that begins like gzip, and is not, stays as it is', async () => {
    for (const bytes of [[], [0x1f], [0x1f, 0x8b], [0x1f, 0x8b, 7, 1]]) {
      assert.deepEqual([...(await readBytes(Uint8Array.from(bytes), {}))], bytes);
    }
  });

  it('reports the bytes that were transferred, and their total', async () => {
    const events = [];
    await readBytes(new Blob([PACKED]), { onProgress: (event) => events.push(event) });
    const { loaded, total } = events.filter(({ status }) => status === 'progress').at(-1);
    assert.deepEqual([loaded, total], [PACKED.length, PACKED.length]);
  });

  it('reserves nothing for a size that says little', async () => {
    const reserved = [];
    await readInto(PACKED, { reserve: (bytes) => reserved.push(bytes), write: () => undefined }, {});
    await readInto(PLAIN, { reserve: (bytes) => reserved.push(bytes), write: () => undefined }, {});
    assert.deepEqual(reserved, [PLAIN.length]);
  });

  it('is named if it holds something else than an index', async () => {
    const index = gzipSync('x'.repeat(500));
    await assert.rejects(Router.load({ index, embedder: null }), { code: 'bad_magic', message: /^in a gzip file: / });
  });

  it('is bounded, however small it is', async () => {
    const bomb = gzipSync(Buffer.alloc(300 * 2 ** 20));
    let written = 0;
    const sink = { reserve: () => undefined, write: (chunk) => (written += chunk.length) };
    await refused(readInto(bomb, sink, {}), 'size_overflow', /more than 268435456 bytes/);
    assert.ok(written <= 2 ** 28);
    await refused(readBytes(bomb, { most: 1000 }), 'size_overflow', /more than 1000 bytes/);
  });

  it('that is damaged is refused by its name', async () => {
    const error = await refused(
      readBytes(PACKED.subarray(0, -9), {}),
      'bad_checksum',
      /gzip file that is damaged or cut/,
    );
    assert.ok(error.cause);
  });

  it('keeps the errors of the reader and of a callback', async () => {
    const failure = new Error('no room');
    const write = () => {
      throw failure;
    };
    const { cause } = await refused(readInto(PACKED, { reserve: () => undefined, write }, {}), 'network');
    assert.equal(cause, failure);
    const onProgress = ({ status }) => {
      if (status === 'progress') throw failure;
    };
    await assert.rejects(readBytes(PACKED, { onProgress }), failure);
  });
});

describe('an index', () => {
  const raw = readFileSync(new URL('models/index/index.sbx', `file://${root}/`));

  it('ships compressed, and is that of models/index', () => {
    const shipped = readFileSync(new URL('models/index/index.sbx', dist));
    assert.ok(shipped.length < raw.length);
    assert.ok(gunzipSync(shipped).equals(raw));
  });

  it('that says less than it unpacks to is refused before the rest is read', async () => {
    const bomb = gzipSync(Buffer.concat([raw, Buffer.alloc(1000)]));
    await refused(Router.load({ index: bomb, embedder: null }), 'bad_section', /after the end/);
  });

  it('that is cut off is refused', async () => {
    const packed = gzipSync(readFileSync(OPENLLM));
    await refused(
      Router.load({ index: packed.subarray(0, 5000), embedder: null }),
      'bad_checksum',
      /damaged or cut off/,
    );
  });
});

describe('a host', () => {
  let server;
  let url;
  let headers;
  before(async () => {
    server = createServer((_, response) => response.writeHead(200, headers).end(gzipSync(PACKED)));
    await new Promise((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    url = `http://127.0.0.1:${server.address().port}/file.bin`;
  });
  after(() => server.close());

  it('may compress the file once more, or say that its own compression is an encoding', async () => {
    headers = { 'content-encoding': 'gzip' };
    assert.ok(Buffer.from(await readBytes(url, {})).equals(PLAIN));
  });
});
