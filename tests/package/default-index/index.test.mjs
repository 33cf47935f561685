// The default index as it ships: what is in it, what may not be, and what its card and its texts say.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import { Router } from '../../../dist/index.js';
import { readKinds } from '../../../models/index/kinds.mjs';
import { root } from '../support/fixtures.mjs';

const folder = path.join(root, 'models/index');
const FILE = path.join(folder, 'index.sbx');
const LEAST_ROWS = 60;
const MOST_CHARACTERS = 160;
/** Sources whose licence forbids it, or that state none. */
const FORBIDDEN =
  /artificial.?analysis|^aa_|pm_llm|weirdml|lechmazur|lech_mazur|eqbench|nyt_connections|mcpmark|thematic_gen|swebench.*mini|livecodebench_?pro|kaggle/i;

describe('the default index', () => {
  let info;
  let samples;
  before(async () => {
    const router = await Router.load({ index: FILE, embedder: null });
    ({ info } = router);
    samples = await router.samples();
    router.dispose();
  });
  const kinds = () => info.tasks.filter(({ record }) => record.kind === 'kind');
  const benchmarks = () => info.tasks.filter(({ record }) => record.kind !== 'kind');

  it('knows models of today by the names of OpenRouter, most of them with a dated price', () => {
    assert.ok(info.models.length >= 200, `${info.models.length} models`);
    for (const { name, record } of info.models) {
      assert.match(name, /^[a-z0-9-]+\/[a-z0-9.-]+$/);
      assert.ok(record.released === undefined || record.released >= '2025', name);
      assert.ok(record.displayName && record.maker, name);
    }
    const priced = info.models.filter(({ usdPerMTokIn }) => usdPerMTokIn !== null);
    assert.ok(priced.length >= 0.8 * info.models.length, `${priced.length} models have a price`);
    for (const { name, record, usdPerMTokOut } of priced) {
      assert.notEqual(usdPerMTokOut, null, name);
      assert.match(record.price.date, /^2026-\d\d-\d\d$/, name);
      assert.ok(record.price.source, name);
      assert.equal(record.price.currency, 'USD');
    }
  });

  it('has the models of the last months', () => {
    const newest = info.models.filter(({ record }) => record.released >= '2026-09');
    assert.ok(newest.length >= 10, `${newest.length} models since September 2026`);
  });

  it('contains nothing of sources that forbid it or state no licence', () => {
    for (const { name, record } of benchmarks()) {
      assert.doesNotMatch(`${name} ${record.source}`, FORBIDDEN);
      assert.ok(record.licence, name);
      assert.doesNotMatch(record.licence, /none stated|GPL|NC|Artificial/, name);
    }
  });

  it('has results for every benchmark task, and links for every kind', () => {
    const measured = new Set();
    const { outcomes, tasks } = samples;
    for (let i = 0; i < outcomes.length; ++i) {
      if (!Number.isNaN(outcomes[i])) measured.add(tasks[Math.floor(i / info.models.length)]);
    }
    for (const [t, { name, scores, record }] of info.tasks.entries()) {
      if (record.kind === 'kind') continue;
      assert.equal(measured.has(t), record.kind === 'samples', name);
      assert.equal(scores > 0, record.kind === 'means', name);
    }
    const names = readKinds().map(({ name }) => `everyday/${name}`);
    assert.deepEqual(
      kinds().map(({ name }) => name),
      names,
    );
    for (const { name, rows, links } of kinds()) {
      assert.ok(rows >= LEAST_ROWS, `${name}: ${rows} rows`);
      assert.ok(links > 0, name);
    }
  });

  it('has a card with its hash', () => {
    const hash = createHash('sha256').update(readFileSync(FILE)).digest('hex');
    assert.ok(readFileSync(path.join(folder, 'README.md'), 'utf8').includes(`\`${hash}\``), hash);
  });

  it('has texts of all its everyday prompts, and of no prompt that may not be shown', () => {
    let known = 0;
    for (const [t, { name, rows, record }] of info.tasks.entries()) {
      const file = path.join(folder, 'texts', `${t}.json`);
      if (!record.textsMayBeShown) {
        assert.equal(existsSync(file), false, name);
        continue;
      }
      const { task, texts } = JSON.parse(readFileSync(file, 'utf8'));
      assert.equal(task, name);
      assert.equal(texts.length, rows, name);
      assert.ok(
        texts.every((text) => [...text].length <= MOST_CHARACTERS && text.isWellFormed()),
        name,
      );
      if (record.kind === 'kind')
        assert.ok(
          texts.every((text) => text !== ''),
          name,
        );
      known += texts.filter((text) => text !== '').length;
    }
    assert.ok(known >= 0.8 * info.rows, `${known} of ${info.rows} rows have a text`);
  });

  it('was built by the embedder that ships', () => {
    const { id } = JSON.parse(readFileSync(path.join(root, 'models/embedder/config.json'), 'utf8'));
    assert.equal(info.embedder.id, id);
  });
});
