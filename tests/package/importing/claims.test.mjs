// Every importer looks at the files of every other one: nothing is claimed by two, and nothing is left.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { detect } from '../../../dist/importing/detect.js';
import { PLAIN_IMPORTERS, TOOL_IMPORTERS } from '../../../dist/importing/importers.js';
import { SOURCES } from '../../../dist/importing/records.js';
import { EXAMPLES } from './examples.mjs';
import { claimed, imported, inputFiles } from './fixtures.mjs';

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
