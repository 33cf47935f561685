// The beginnings of the benchmark's prompts: read only when asked, from a folder or the index file, in both routers.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { buildIndex } from '../../../dist/build.js';
import { decodeStringAt, decodeStrings } from '../../../dist/files/index-file.js';
import { Router } from '../../../dist/index.js';
import { Texts, textsBeside } from '../../../dist/routing/texts.js';
import { WorkerRouter } from '../../../dist/worker.js';
import { expectNothingOpen, randomSpec, refused } from '../support/fixtures.mjs';
import { startServer } from '../support/http-server.mjs';

const ROWS = 60;
/** Row r belongs to task r % 3. The second task has no text for its first row. */
const textOf = (row) => (row === 1 ? null : `“Text” of row ${row} 🙂`);
const rowsOf = (task) => Array.from({ length: ROWS / 3 }, (_, i) => 3 * i + task);
const fileOf = (task) => ({ task: `task ${task}`, texts: rowsOf(task).map((row) => textOf(row) ?? '') });
const NEAR = [0, 1, 2, 59, 30, 0];

const LOADERS = { Router, WorkerRouter };
const VECTOR = Float32Array.from({ length: 8 }, (_, i) => i + 1);

for (const [name, loader] of Object.entries(LOADERS)) {
  describe(`the texts of a ${name}`, () => {
    let index;
    let folder;
    let server;
    const answers = new Map();
    before(async () => {
      index = await buildIndex(randomSpec({ rows: ROWS, tasks: 3 }));
      folder = mkdtempSync(path.join(tmpdir(), 'signalbox-texts-'));
      for (const task of [0, 1, 2]) writeFileSync(path.join(folder, `${task}.json`), JSON.stringify(fileOf(task)));
      server = await startServer((asked) => {
        const body = answers.get(asked);
        return body === undefined ? null : { body };
      });
    });
    after(async () => {
      rmSync(folder, { recursive: true });
      await server.close();
    });
    expectNothingOpen();

    async function routed(options, use) {
      const router = await loader.load({ index, embedder: null, ...options });
      try {
        return await use(router);
      } finally {
        router.dispose();
      }
    }

    function serve(files) {
      answers.clear();
      server.requests.length = 0;
      for (const [file, value] of Object.entries(files)) {
        answers.set(`/texts/${file}`, typeof value === 'string' ? value : JSON.stringify(value));
      }
      return `${server.url}/texts`;
    }

    it('are those of the folder, by path and by address', async () => {
      const texts = serve({ '0.json': fileOf(0), '1.json': fileOf(1), '2.json': fileOf(2) });
      for (const place of [folder, `${folder}/`, pathToFileURL(folder), texts, `${texts}/`, new URL(texts)]) {
        const got = await routed({ texts: place }, (router) => router.texts(NEAR));
        assert.deepEqual(got, NEAR.map(textOf), String(place));
      }
    });

    it('are read when asked, a task at a time and once', async () => {
      const texts = serve({ '0.json': fileOf(0), '1.json': fileOf(1), '2.json': fileOf(2) });
      await routed({ texts }, async (router) => {
        const { neighbours } = await router.route(VECTOR, { neighbours: 5 });
        assert.equal(neighbours.length, 5);
        for (const { text } of neighbours) assert.equal(text, null);
        assert.deepEqual(await router.texts([]), []);
        assert.deepEqual(server.requests, []);
        await router.texts([3, 6]);
        assert.deepEqual(server.requests, ['/texts/0.json']);
        await Promise.all([router.texts([0, 1]), router.texts([1, 4])]);
        assert.deepEqual(server.requests, ['/texts/0.json', '/texts/1.json']);
      });
    });

    it('are missing without a folder', async () => {
      for (const texts of [undefined, false]) {
        assert.deepEqual(await routed({ texts }, (router) => router.texts([0, 1])), [null, null]);
      }
    });

    for (const [what, file, code, pattern] of [
      ['is missing', undefined, 'network', /0\.json answered 404/],
      ['is not JSON', '{"task":', 'bad_section', /the texts in 0\.json are not JSON/],
      ['is not an object', '[]', 'bad_section', /are of the task undefined, expected 'task 0'/],
      ['is of another task', fileOf(1), 'bad_section', /are of the task the text 'task 1', expected 'task 0'/],
      ['has too few texts', { task: 'task 0', texts: ['a'] }, 'bad_section', /expected a list of 20 texts/],
      ['has no texts', { task: 'task 0', texts: Array(20).fill(0) }, 'bad_section', /expected a list of 20 texts/],
      ['is too large', ' '.repeat(30_000), 'size_overflow', /0\.json has more than 24576 bytes/],
    ]) {
      it(`are refused if a file ${what}, and read again at the next call`, async () => {
        const texts = serve(file === undefined ? {} : { '0.json': file });
        await routed({ texts }, async (router) => {
          await refused(router.texts([0]), code, pattern);
          assert.equal((await router.route(VECTOR, { neighbours: 5 })).neighbours.length, 5);
          answers.set('/texts/0.json', JSON.stringify(fileOf(0)));
          assert.deepEqual(await router.texts([0]), [textOf(0)]);
        });
      });
    }

    it('are refused for rows that are not there', async () => {
      await routed({ texts: folder }, async (router) => {
        for (const rows of [[60], [-1], [0.5], ['0'], [null]]) {
          await refused(router.texts(rows), 'invalid_argument', /a row is .*, expected a whole number from 0 to 59/);
        }
        await refused(router.texts('0'), 'invalid_argument', /rows is the text '0', expected a list of rows/);
        await refused(router.texts(Array(1001).fill(0)), 'invalid_argument', /1001 entries, expected at most 1000/);
        assert.equal((await router.texts(Array(1000).fill(0))).length, 1000);
        await refused(router.texts([0], { row: 1 }), 'invalid_argument', /'row' is not known/);
      });
      await refused(loader.load({ index, embedder: null, texts: 1 }), 'invalid_argument', /texts is 1, expected an/);
    });

    it('can be aborted, without harm to another call', async () => {
      const texts = serve({ '0.json': fileOf(0) });
      await routed({ texts }, async (router) => {
        await refused(router.texts([0], { signal: AbortSignal.abort() }), 'aborted');
        const abort = new AbortController();
        const [aborted, read] = [router.texts([0], { signal: abort.signal }), router.texts([0])];
        abort.abort();
        await refused(aborted, 'aborted');
        assert.deepEqual(await read, [textOf(0)]);
      });
    });

    it('end with the router', async () => {
      const router = await loader.load({ index, embedder: null, texts: folder });
      router.dispose();
      await refused(router.texts([0]), 'disposed');
    });
  });
}

describe('texts', () => {
  const table = (...strings) => {
    const parts = strings.map((text) => new TextEncoder().encode(text));
    const offsets = new Uint32Array([
      0,
      ...parts.map((_, i) => parts.slice(0, i + 1).reduce((n, p) => n + p.length, 0)),
    ]);
    return new Uint8Array([0, ...new Uint8Array(offsets.buffer), ...parts.flatMap((part) => [...part])]).subarray(1);
  };

  it('of an index file are read one by one, as all at once, also from an odd place', () => {
    const strings = ['', 'é🙂', '\uFEFFplain', ''];
    assert.deepEqual(decodeStrings(table(...strings), 4), strings);
    assert.deepEqual(
      strings.map((_, i) => decodeStringAt(table(...strings), 4, i)),
      strings,
    );
  });

  it('of an index file come before those of a folder', async () => {
    const file = table('first', '');
    const sections = [{ name: 'texts', offsetBytes: 0, sizeBytes: file.length }];
    const info = { rows: 2, tasks: [{ name: 't', rows: 2 }], sections };
    const texts = new Texts((read) => read(file), info, '/nowhere');
    assert.deepEqual(texts.inFile([1, 0]), [null, 'first']);
    assert.deepEqual(await texts.of([1, 0], {}), [null, 'first']);
  });

  it('of a task that may not be shown are never read', async () => {
    const rowTasks = new Uint8Array(new Uint16Array([0, 0]).buffer);
    const sections = [{ name: 'row_tasks', offsetBytes: 0, sizeBytes: 4 }];
    const info = { rows: 2, tasks: [{ name: 't', rows: 2, record: { textsMayBeShown: false } }], sections };
    assert.deepEqual(await new Texts((read) => read(rowTasks), info, '/nowhere').of([1, 0], {}), [null, null]);
  });

  it('lie beside the default index, unless that is within a script', () => {
    assert.equal(textsBeside(new URL('https://a.example/models/index.sbx?v=a/b')), 'https://a.example/models/texts/');
    // An address as Turbopack makes it.
    assert.equal(textsBeside({ toString: () => '/_next/static/media/index.1.sbx' }), '/_next/static/media/texts/');
    for (const index of ['data:,x', 'blob:https://a.example/x']) assert.equal(textsBeside(new URL(index)), undefined);
  });
});
