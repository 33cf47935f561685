// The pages of models and documents: made from the index and the Markdown, safe with any name, complete without a script.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import { Router } from '../../dist/index.js';
import { loadPageModule } from '../../scripts/pages/build.mjs';
import { renderDocument } from '../../scripts/pages/documents.mjs';
import { factsOf, slugOf } from '../../scripts/pages/facts.mjs';
import { withHead } from '../../scripts/pages/head.mjs';
import { root } from '../../scripts/setup.mjs';
import { filesOf } from './built-files.mjs';
import { builtSite } from './built-once.mjs';

const HOSTILE = '"><img src=x onerror=alert(1)><script>alert(2)</script>&amp;\'';

/** Facts of an index with two models and two tasks, whose every text is hostile. */
function hostileFacts() {
  const record = {
    displayName: HOSTILE,
    maker: HOSTILE,
    huggingFaceId: HOSTILE,
    modalities: { in: [HOSTILE], out: [] },
  };
  const price = { currency: 'USD', date: '2026-01-01', source: HOSTILE };
  const model = (name, meanOutcome) => ({
    ...{ name, meanOutcome, paramsB: null, record: { ...record, price } },
    ...{ usdPerMTokIn: 1, usdPerMTokOut: 2, usdPerMTokCacheRead: null },
  });
  const task = (name) => ({
    name,
    record: { displayName: HOSTILE, domain: HOSTILE, source: HOSTILE, score: 'accuracy' },
  });
  const models = [model(`a/${HOSTILE}`, 0.5), model(`b/${HOSTILE}`, 0.6)];
  return factsOf({
    info: { models, tasks: [task('first'), task('second')], metadata: { name: HOSTILE } },
    samples: { tasks: [0, 0, 0], outcomes: [1, 0, 0, 0, 1, Number.NaN] },
    scores: [[1, 1, 0.25, 40]],
    weights: [1, 0.5],
    kinds: [{ title: HOSTILE, prompts: 1, order: models.map(({ name }) => name) }],
  });
}

/** Names of the elements of a page, which a test compares with those that it expects. */
const elementsOf = (html) => new Set([...html.matchAll(/<([a-z][\w-]*)/gi)].map(([, name]) => name.toLowerCase()));

it('the figure of the first screen is one of the results', () => {
  const read = (name) => readFileSync(path.join(root, name), 'utf8');
  const row = /\| \| `balanced` \| -\.(\d+) [^|]+\| (\d+%) \|/.exec(read('docs/results.md'));
  const points = (Number(`.${row[1]}`) * 100).toFixed(1);
  const screen = read('web/site/index.html').replace(/\s+/g, ' ');
  assert.ok(
    screen.includes(`<b>${row[2]} of the price</b> of the best single model, for ${points} points less quality`),
  );
});

describe('a page of a model', () => {
  let modelPages;
  before(async () => {
    ({ modelPages } = await loadPageModule('render.tsx'));
  });

  it('has an address of its own without a sign that means anything', () => {
    const taken = new Set();
    const names = [
      '../../x',
      'a/b',
      'A/B',
      'a//b',
      '.htaccess',
      'index',
      'compare',
      '<b>',
      '日本',
      '',
      'gpt-5.5',
      HOSTILE,
    ];
    const slugs = names.map((name) => slugOf(name, taken));
    assert.equal(new Set(slugs).size, names.length);
    for (const slug of slugs) assert.match(slug, /^[a-z0-9][a-z0-9.-]*$/);
    assert.ok(!slugs.includes('index') && !slugs.includes('compare'));
    assert.equal(slugOf('anthropic/claude-opus-5.5'), 'anthropic--claude-opus-5.5');
  });

  it('shows hostile names as text', () => {
    const pages = modelPages(hostileFacts(), '../assets/results/');
    assert.equal(pages.length, 4);
    for (const { file, html } of pages) {
      const elements = elementsOf(html);
      assert.ok(!elements.has('img') && !elements.has('script'), `${file} has ${[...elements]}`);
      assert.ok(html.includes('&lt;img src=x'), file);
    }
  });

  it('counts results, places and differences', () => {
    const facts = hostileFacts();
    assert.deepEqual(
      facts.results.map((own) => own.map(({ task, score, questions }) => [task, score, questions])),
      [
        [[0, 0.6667, 3]],
        [
          [0, 0, 2],
          [1, 0.25, 40],
        ],
      ],
    );
    assert.deepEqual(
      facts.models.map(({ place }) => place),
      [2, 1],
    );
    assert.deepEqual(facts.kinds[0].places, [1, 2]);
  });
});

describe('a difference between two models', () => {
  let statistics;
  before(async () => {
    statistics = await loadPageModule('statistics.ts');
  });
  const tasks = ['a', 'b', 'c', 'd', 'e'].map((benchmark) => ({ benchmark, weight: 1 }));
  const results = (scores) => scores.map((score, task) => ({ task, score, questions: 100 }));

  it("has Wilson's interval of a share", () => {
    const [low, high] = statistics.wilson(0.5, 100);
    assert.ok(Math.abs(low - 0.4038) < 1e-4 && Math.abs(high - 0.5962) < 1e-4, `${low} to ${high}`);
    assert.deepEqual(
      statistics.wilson(1, 1e9).map((bound) => bound.toFixed(3)),
      ['1.000', '1.000'],
    );
  });

  it('is the same in both directions, with the sign turned', () => {
    const [a, b] = [results([0.9, 0.8, 0.7, 0.6, 0.5]), results([0.8, 0.8, 0.5, 0.6, 0.1])];
    const meanOf = (x, y) => statistics.meanDifference(statistics.taskDifferences(x, y), tasks);
    const [there, back] = [meanOf(a, b), meanOf(b, a)];
    assert.ok(Math.abs(there.difference - 0.14) < 1e-9, `${there.difference}`);
    assert.ok(Math.abs(there.difference + back.difference) < 1e-12);
    assert.ok(Math.abs(there.interval[0] + back.interval[1]) < 1e-12);
    // The standard error of the five differences times Student's t with four degrees of freedom.
    assert.ok(Math.abs(there.interval[1] - 0.14 - 2.776 * 0.074833) < 1e-4, `${there.interval}`);
  });

  it('takes the questions that both answered', () => {
    const one = { task: 0, score: 0.5, questions: 4, outcomes: [1, 1, 0, 0] };
    const other = { task: 0, score: 0.5, questions: 2, outcomes: [null, 0, null, 1] };
    const [difference] = statistics.taskDifferences([one], [other]);
    assert.equal(difference.shared, 2);
    assert.equal(difference.difference, 0);
  });

  it('has no interval with few benchmarks, and no value without a task', () => {
    const few = statistics.taskDifferences(results([0.9, 0.8]), results([0.8, 0.1]));
    assert.equal(statistics.meanDifference(few, tasks).interval, null);
    assert.equal(statistics.meanDifference([], tasks), undefined);
  });
});

describe('a document as a page', () => {
  const render = (text) => renderDocument(text, { file: 'docs/results.md', pages: { 'docs/plan.md': 'plan.html' } });

  it('shows raw HTML as text, and drops addresses that run something', async () => {
    const { html } = await render(
      `# T\n\n<script>x</script>\n\n<b>b</b> [a](javascript:x) ![p](x.png) [d](data:text/html,x)\n`,
    );
    assert.deepEqual([...elementsOf(html)].sort(), ['h1', 'p']);
  });

  it('leaves out comments', async () => {
    const { html } = await render('# T\n\n<!-- not run: it needs a page -->\n```js\nx\n```\n');
    assert.doesNotMatch(html, /not run/);
    assert.match(html, /<code>x/);
  });

  it('links to other documents', async () => {
    assert.match((await render('[p](plan.md#a) [s](../src/x.ts)')).html, /<a href="plan.html#a">p<\/a> s/);
  });

  it('says which command prints a table, and repeats first cells that stand for the one above', async () => {
    const { html } = await render(
      '## Speed\n\n```sh\nnpm run \\\n  bench\n```\n\n| a | b |\n|---|---|\n| x | 1 |\n| | 2 |\n',
    );
    assert.match(html, /<caption[^>]*>Speed<\/caption>/);
    assert.match(html, /Printed by <code>npm run bench<\/code>/);
    assert.equal(html.match(/<td[^>]*>x<\/td>/g).length, 2);
  });
});

describe('the head of a page', () => {
  const app = { touchIcon: 'assets/touch.png', preview: 'assets/preview.png' };
  const html = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'" /></head>`;
  const page = { title: HOSTILE, description: HOSTILE, file: 'models/index.html' };

  it('is relative where nobody said where the site will be', () => {
    const head = withHead(html, page, { home: '../', app });
    assert.ok(!head.includes('canonical') && head.includes('content="../assets/preview.png"'), head);
    assert.ok(head.includes("style-src 'self'; manifest-src 'self'"));
    assert.deepEqual([...elementsOf(head)].sort(), ['link', 'meta']);
  });

  it('has absolute addresses otherwise', () => {
    const head = withHead(html, page, { home: '../', app, url: 'https://example.org/box/' });
    assert.ok(head.includes('<link rel="canonical" href="https://example.org/box/models/" />'), head);
    assert.ok(head.includes('content="https://example.org/box/assets/preview.png"'));
  });
});

describe('the pages of the built site', () => {
  let folder;
  let pages;
  before(async () => {
    folder = await builtSite();
    const names = filesOf(folder).filter((file) => file.endsWith('.html'));
    pages = new Map(names.map((file) => [file, readFileSync(path.join(folder, file), 'utf8')]));
  });

  it('are one for each model and each document', async () => {
    const router = await Router.load();
    const { models } = router.info;
    router.dispose();
    const expected = [
      ...models.map(({ name }) => `models/${slugOf(name)}.html`),
      'models/index.html',
      'models/compare.html',
    ];
    assert.deepEqual([...pages.keys()].filter((file) => file.startsWith('models/')).sort(), expected.sort());
    const documents = filesOf(path.join(root, 'docs')).filter((file) => file.endsWith('.md'));
    assert.ok([...pages.keys()].filter((file) => file.startsWith('docs/')).length > documents.length);
  });

  it('have a title and a description of their own, and no script or style in their text', () => {
    const titles = [...pages].map(([file, html]) => {
      assert.match(html, /<meta name="description" content="[^"]{10,}"/, file);
      assert.match(html, /<meta property="og:image" content="(\.\.?\/)assets\/app-preview-\w+\.png"/, file);
      assert.match(html, /default-src 'none'/, file);
      assert.equal(html.match(/ aria-current="/g)?.length, file === 'index.html' ? undefined : 1, file);
      assert.doesNotMatch(html, /<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=/, file);
      return /<title>([^<]+)</.exec(html)?.[1];
    });
    assert.equal(new Set(titles).size, pages.size);
  });

  it('lead only to files and places that are there', () => {
    const placesOf = (html) => new Set([...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id));
    const places = new Map([...pages].map(([file, html]) => [file, placesOf(html)]));
    const files = new Set(filesOf(folder));
    const dead = [];
    for (const [file, html] of pages) {
      for (const [, href] of html.matchAll(/\s(?:href|src)="([^"]*)"/g)) {
        if (/^(https?|data):/.test(href)) continue;
        const { pathname, hash } = new URL(href, `http://x/${file}`);
        const named = pathname.replace(/^\//, '').replace(/(^|\/)$/, '$1index.html');
        // Scripts make the places of the first page, and the comparison reads the two models.
        const isPlace =
          hash === '' || !/^(docs|models\/(?!compare))/.test(named) || places.get(named)?.has(hash.slice(1));
        if (!files.has(named) || !isPlace) dead.push(`${file}: ${href}`);
      }
    }
    assert.deepEqual(dead, []);
  });

  it('have every table of the results, with each of its rows', () => {
    const lines = readFileSync(path.join(root, 'docs/results.md'), 'utf8').split('\n');
    const isRow = (line) => line.startsWith('|');
    const tables = lines.filter((line, i) => isRow(line) && !isRow(lines[i - 1] ?? '')).length;
    const rows = lines.filter(isRow).length - tables; // The line below a head has no content.
    const html = pages.get('docs/results.html');
    assert.equal(html.match(/<table/g).length, tables);
    assert.equal(html.match(/<tr>/g).length, rows);
    assert.ok(html.match(/Printed by <code>/g).length > 0.8 * tables);
  });

  it('have results of every model that weigh something', () => {
    const results = filesOf(folder).filter((file) => /^assets\/results-/.test(file));
    const read = (file) => JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
    const tasks = read(results.find((file) => file.endsWith('/tasks.json')));
    for (const { weight } of tasks) assert.ok(weight > 0 && weight <= 1, `${weight}`);
    for (const file of results.filter((name) => !name.endsWith('/tasks.json'))) {
      const { model, results: own } = read(file);
      assert.ok(own.length > 0, model.name);
      for (const { task, score, questions } of own) {
        assert.ok(tasks[task] !== undefined && score >= 0 && score <= 1 && questions > 0, model.name);
      }
    }
  });
});
