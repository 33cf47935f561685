// Every importer looks at the files of every other one: nothing is claimed by two, and nothing is left.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { transformSync } from 'esbuild';
import { detect } from '../../../dist/importing/detect.js';
import { PLAIN_IMPORTERS, TOOL_IMPORTERS } from '../../../dist/importing/importers.js';
import { SOURCES } from '../../../dist/importing/records.js';
import { dist, root } from '../support/fixtures.mjs';
import { EXAMPLES } from './examples.mjs';
import { claimed, imported, inputFiles, lines } from './fixtures.mjs';

const ALL = [...TOOL_IMPORTERS, ...PLAIN_IMPORTERS];
const PLAIN = PLAIN_IMPORTERS.map(({ source }) => source);

it('there is an importer and an example for each source', () => {
  assert.deepEqual(ALL.map(({ source }) => source).sort(), [...SOURCES].sort());
  assert.deepEqual(Object.keys(EXAMPLES).sort(), [...SOURCES].sort());
});

describe('the files of a source', () => {
  for (const [source, contents] of Object.entries(EXAMPLES)) {
    it(`are claimed by its importer alone: ${source}`, async () => {
      const own = ALL.find((importer) => importer.source === source);
      assert.deepEqual((await claimed(own, contents)).sort(), Object.keys(contents).sort());
      // Our plain forms take what no tool claims, so only they may claim what a tool does.
      for (const other of TOOL_IMPORTERS.filter((importer) => importer !== own)) {
        assert.deepEqual(await claimed(other, contents), [], other.source);
      }
      if (!PLAIN.includes(source)) return;
      for (const other of PLAIN_IMPORTERS.filter((importer) => importer !== own)) {
        assert.deepEqual(await claimed(other, contents), [], other.source);
      }
    });

    it(`are found without a name, and have scores: ${source}`, async () => {
      const { groups, unread } = await detect(inputFiles(contents), undefined);
      assert.deepEqual(
        groups.map(({ importer }) => importer.source),
        [source],
      );
      assert.deepEqual(unread, []);
      const { scores, samples } = await imported(groups[0].importer, contents);
      assert.ok(scores.length > 0);
      assert.ok(scores.some(({ sample }) => samples[sample].prompt !== undefined));
    });
  }

  it('are told apart if all lie in one folder', async () => {
    const everything = Object.entries(EXAMPLES).flatMap(([source, contents]) =>
      Object.entries(contents).map(([name, content]) => [`${source}/${name}`, content]),
    );
    const { groups, unread } = await detect(inputFiles(Object.fromEntries(everything)), undefined);
    assert.deepEqual(unread, []);
    for (const { importer, files } of groups) {
      for (const { path } of files) assert.ok(path.startsWith(`${importer.source}/`), `${path}: ${importer.source}`);
    }
    assert.equal(groups.length, SOURCES.length);
  });
});

it('the template of docs/build.md is an importer that works', async () => {
  const [, block] = /```ts\n([\s\S]*?)```/.exec(readFileSync(path.join(root, 'docs/build.md'), 'utf8'));
  const { code } = transformSync(block, { loader: 'ts', format: 'esm' });
  const folder = mkdtempSync(path.join(tmpdir(), 'signalbox-template-'));
  try {
    const file = path.join(folder, 'quill.mjs');
    writeFileSync(file, code.replaceAll(/(['"])\.\.\//g, `$1${new URL('importing/', dist).href}`));
    const { quillImporter } = await import(pathToFileURL(file));
    const answer = (more) => ({
      quill_run: 1,
      task: 'ink',
      sample: 's1',
      model: 'm',
      messages: [{ role: 'user', content: 'q' }],
      ...more,
    });
    const contents = {
      'r.jsonl': lines(
        answer({ score: 1, usage: { prompt_tokens: 3, completion_tokens: 2 } }),
        answer({ api_error: 'x' }),
      ),
    };
    assert.deepEqual(await claimed(quillImporter, { ...contents, 'o.jsonl': '{"a":1}' }), ['r.jsonl']);
    const { scores, samples, dropped } = await imported(quillImporter, contents);
    assert.deepEqual(
      scores.map(({ model, metric, value, answer: figures }) => [model, metric, value, figures]),
      [['m', 'accuracy', 1, { tokensIn: 3, tokensOut: 2 }]],
    );
    assert.deepEqual([samples[0].prompt, samples[0].dataset, dropped], ['q', 'ink', { failed: 1 }]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
