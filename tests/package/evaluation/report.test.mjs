// The page of an evaluation: it is self-contained, and names in the data cannot break out of their place.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { runEvaluation } from '../../../dist/cli/eval.js';
import { reportText } from '../../../dist/cli/eval-text.js';
import { Progress } from '../../../dist/cli/progress.js';
import { reportHtml } from '../../../dist/evaluation/disk/html.js';
import { toJson } from '../../../dist/files/disk/output.js';
import { html, inlineJson } from '../../../dist/files/html-template.js';
import { expectNothingOpen } from '../support/fixtures.mjs';
import { DEFAULTS, dataRows, temporaryFolder, writeBenchmark } from './fixtures.mjs';

expectNothingOpen();
const folder = temporaryFolder();

const ATTACK = '</script><img src=https://evil.example/x onerror="alert(1)">\'"&<!--\u001b[2J\n';
const CHROMIUM = '/usr/bin/chromium';

let report;
let page;
before(async () => {
  const rows = dataRows();
  const names = ['calculator-7b', 'poet-13b', 'generalist-70b', 'copy-70b'].map((name) => ATTACK + name);
  rows[0].splice(4, 4, ...names);
  for (const row of rows.slice(1)) row[0] = ATTACK + row[0];
  const models = names.map((name, i) => ({ name, params_b: 7 * (i + 1), price_in: i + 1, price_out: i + 2 }));
  const files = await writeBenchmark(folder, { rows, models });
  const options = { ...DEFAULTS, ...files, labels: [0, 5], pools: [14, 'all'], instances: true, robustness: true };
  report = await runEvaluation(options, new Progress(undefined));
  page = await reportHtml(report);
});

describe('a template', () => {
  it('escapes values in text and in attributes', () => {
    assert.equal(
      html`<a title="${`"'<&>`}">${['<b>', 1, html`<i>${'&'}</i>`]}</a>`.text,
      '<a title="&quot;&#39;&lt;&amp;&gt;">&lt;b&gt;1<i>&amp;</i></a>',
    );
  });

  it('keeps JSON inside its element', () => {
    const value = { a: '</script><!--\u2028' };
    const { text } = inlineJson(value);
    assert.doesNotMatch(text, /[<>&\u2028]/);
    assert.deepEqual(JSON.parse(text), value);
  });
});

/** Returns the page without the content of its scripts and its style. */
const markup = () => page.replace(/(<(script|style)[^>]*>)[\s\S]*?<\/\2>/g, '$1</$2>');

describe('the page', () => {
  it('has only its own scripts and style', () => {
    assert.equal(page.match(/<script/g).length, 3);
    assert.equal(page.match(/<style/g).length, 1);
    assert.doesNotMatch(markup(), /<img|<!--/);
    assert.match(markup(), /&lt;\/script&gt;&lt;img src=https:\/\/evil\.example/);
  });

  it('names no other address in any attribute', () => {
    const tags = markup().match(/<[a-z][^>]*>/g);
    for (const tag of tags) {
      assert.doesNotMatch(tag, /\s(src|href|srcset|action|poster|data|style|on\w+)=/, tag);
      if (!tag.startsWith('<div')) assert.doesNotMatch(tag, /https?:\/\//, tag);
    }
    assert.doesNotMatch(page, /@import|url\(/);
    assert.match(page, /http-equiv="Content-Security-Policy" content="default-src 'none';/);
  });

  it('closes every element', () => {
    const open = [];
    for (const [, slash, name] of markup().matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*>/g)) {
      if (name === 'meta') continue;
      if (slash === '') open.push(name);
      else assert.equal(open.pop(), name);
    }
    assert.deepEqual(open, []);
  });

  it('describes each chart in words and as a table', () => {
    const figures = markup().match(/<figure>[\s\S]*?<\/figure>/g);
    assert.ok(figures.length >= 8, `${figures.length} charts`);
    for (const figure of figures) {
      assert.match(figure, /role="img" aria-label="Chart: [^"]{40,}"/);
      assert.match(figure, /<figcaption>[^<]{40,}/);
      assert.match(figure, /<table[\s\S]*<td>/);
      assert.doesNotMatch(figure, />(NaN|undefined|null)</);
    }
  });

  it('is the same for the same report', async () => {
    assert.equal(await reportHtml(report), page);
    assert.equal(await reportHtml(JSON.parse(JSON.stringify(report))), page, 'also after a round trip through JSON');
  });

  it('is drawn by a browser, light and dark, without requests', { skip: !existsSync(CHROMIUM) }, async () => {
    const file = path.join(folder, 'report.html');
    await writeFile(file, page);
    const args = ['--headless=new', '--no-sandbox', '--disable-gpu'];
    const browser = await chromium.launch({ executablePath: CHROMIUM, args });
    try {
      for (const colorScheme of ['light', 'dark']) {
        const tab = await browser.newPage({ colorScheme });
        const troubles = [];
        tab.on('pageerror', (error) => troubles.push(error.message));
        tab.on('console', (message) => troubles.push(message.text()));
        tab.on('request', (request) => request.url().startsWith('file:') || troubles.push(request.url()));
        await tab.goto(pathToFileURL(file).href);
        const plots = await tab.locator('[data-plot]').count();
        await tab
          .locator('[data-plot] canvas')
          .nth(plots - 1)
          .waitFor();
        assert.equal(await tab.locator('[data-plot] canvas').count(), plots);
        assert.deepEqual(troubles, []);
        await tab.close();
      }
    } finally {
      await browser.close();
    }
  });
});

it('names do not move the table on a terminal', () => {
  const text = reportText(report);
  assert.ok(!text.includes('\u001b[2J'));
  assert.match(text, /Quality and cost/);
  assert.match(text, /Changed prompts/);
});

it('unavailable numbers are null in the JSON', () => {
  assert.doesNotMatch(toJson(report), /NaN|Infinity/);
});
