// The files of the built site.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import { Router } from '../../dist/index.js';
import { REPLACED } from '../../scripts/site.mjs';
import { bundledPackages, filesOf, licensesIn, missingImports, unreachable } from './built-files.mjs';
import { builtSite } from './built-once.mjs';

/** The scripts of the site, and those of its workers and the package's. */
const ENTRIES = [
  ...['main.tsx', 'models/main.ts', 'task/reading/worker-entry.ts', 'offline/service-worker.ts'].map(
    (file) => `web/site/${file}`,
  ),
  ...['worker', 'build-worker', 'onnx-worker'].map((name) => `dist/${name}-entry.js`),
];

/** The texts of a task, which the page asks for by the task's number. */
const TEXTS = /^assets\/texts-\w+\/\d+\.json$/;
/** The results of a model, which the comparison asks for by the model's page. */
const RESULTS = /^assets\/results-\w+\/[\w.-]+\.json$/;

describe('the built site', () => {
  let folder;
  before(async () => {
    folder = await builtSite();
  });

  it('has no file that nothing loads, and loads none that is missing', () => {
    const isComputed = (file) => TEXTS.test(file) || RESULTS.test(file);
    assert.deepEqual(unreachable(folder, 'index.html', ['service-worker.js'], isComputed), []);
    assert.deepEqual(missingImports(folder), []);
  });

  it('has the texts of tasks in the folder that the page asks', async () => {
    const files = filesOf(folder);
    const texts = files.filter((file) => TEXTS.test(file));
    const [place, ...others] = new Set(texts.map((file) => `${path.dirname(file)}/`));
    assert.deepEqual(others, []);
    const scripts = files.filter((file) => file.endsWith('.js'));
    assert.ok(scripts.some((file) => readFileSync(path.join(folder, file), 'utf8').includes(place)));
    const router = await Router.load();
    const { tasks } = router.info;
    router.dispose();
    const isShared = ({ rows, record }) => rows > 0 && record?.textsMayBeShown !== false;
    const expected = tasks.flatMap((task, i) => (isShared(task) ? [`${place}${i}.json`] : []));
    assert.deepEqual(texts, expected.sort());
  });

  it('has the licence of each package in its scripts', async () => {
    const licenses = licensesIn(folder);
    const packages = await bundledPackages(ENTRIES, REPLACED);
    for (const name of ['preact', 'd3-zoom', 'hyparquet', 'workbox-core']) assert.ok(packages.includes(name), name);
    for (const name of packages) {
      assert.match(licenses.get(name) ?? '', /Copyright[\s\S]*(Permission|Redistribution|License)/i, name);
    }
    for (const name of [
      '@fontsource-variable/archivo',
      'Eigen',
      'musl',
      'The table of other languages',
      'The index',
      'The table of the embedder',
    ])
      assert.ok(licenses.has(name), name);
  });

  it('has the words of other languages once, for the page and its workers', () => {
    const scripts = filesOf(folder).filter((file) => file.endsWith('.js'));
    const withText = (text) => scripts.filter((file) => readFileSync(path.join(folder, file), 'utf8').includes(text));
    const [rule, ...copies] = withText('könntest');
    assert.deepEqual(copies, []);
    const users = withText(path.basename(rule)).map((file) => path.basename(file, '.js').replace(/-[\w-]{8}$/, ''));
    for (const user of ['worker-entry', 'service-worker']) assert.ok(users.includes(user), user);
    assert.ok(users.length > 2, `no script of the page among ${users}`);
  });
});
