// The files of the built site.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { buildSite, REPLACED } from '../../scripts/site.mjs';
import { bundledPackages, licensesIn, missingImports, unreachable } from './built-files.mjs';

/** The scripts of the site, and those of its workers and the package's. */
const ENTRIES = [
  ...['main.tsx', 'task/reading/worker-entry.ts', 'offline/service-worker.ts'].map((file) => `web/site/${file}`),
  ...['worker', 'build-worker', 'onnx-worker'].map((name) => `dist/${name}-entry.js`),
];

describe('the built site', () => {
  let folder;
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'signalbox-site-'));
    await buildSite(folder);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('has no file that nothing loads, and loads none that is missing', () => {
    assert.deepEqual(unreachable(folder, 'index.html', ['service-worker.js']), []);
    assert.deepEqual(missingImports(folder), []);
  });

  it('has the licence of each package in its scripts', async () => {
    const licenses = licensesIn(folder);
    const packages = await bundledPackages(ENTRIES, REPLACED);
    for (const name of ['preact', 'd3-zoom', 'hyparquet', 'workbox-core']) assert.ok(packages.includes(name), name);
    for (const name of packages) {
      assert.match(licenses.get(name) ?? '', /Copyright[\s\S]*(Permission|Redistribution|License)/i, name);
    }
    for (const name of ['@picocss/pico', 'Eigen', 'musl']) assert.ok(licenses.has(name), name);
  });
});
