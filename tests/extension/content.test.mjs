// Parts of the content script that need no page: links to chats, truncated texts, words, positions beside a box.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { root } from '../package/support/fixtures.mjs';

let folder;
let content;

before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'signalbox-content-'));
  const names = ['chats/index', 'limits', 'content/text', 'content/position', 'content/card'];
  const contents = names.map((name) => `export * from './${name}.js';`).join('\n');
  const resolveDir = path.join(root, 'web/extension');
  const outfile = path.join(folder, 'content.mjs');
  await build({
    stdin: { contents, resolveDir, loader: 'ts' },
    bundle: true,
    format: 'esm',
    outfile,
    logLevel: 'error',
  });
  content = await import(pathToFileURL(outfile).href);
});
after(() => rmSync(folder, { recursive: true, force: true }));

const LINK = { origin: 'https://chat.example.com', endpoint: '', siteModel: 'acme/thinker:7b', prompt: 'Why?' };
const link = (adapter, part = {}) => content.chatLink(adapter, { ...LINK, ...part });

describe('addresses of chats', () => {
  it('name the model, and send nothing', () => {
    assert.equal(link('open-webui'), 'https://chat.example.com/?models=acme%2Fthinker%3A7b');
    assert.equal(link('openrouter'), 'https://chat.example.com/chat?models=acme%2Fthinker%3A7b');
    assert.equal(link('librechat'), 'https://chat.example.com/c/new?model=acme%2Fthinker%3A7b&prompt=Why%3F');
    const { searchParams } = new URL(link('librechat', { endpoint: 'My own & only', prompt: 'a=b&submit=true#c' }));
    assert.deepEqual(Object.fromEntries(searchParams), {
      endpoint: 'My own & only',
      model: 'acme/thinker:7b',
      prompt: 'a=b&submit=true#c',
    });
    for (const adapter of ['open-webui', 'openrouter', 'librechat']) {
      const { searchParams: said } = new URL(link(adapter));
      assert.deepEqual([said.get('q'), said.get('submit')], [null, null]);
    }
  });

  it('exist only for sites that have one', () => {
    assert.equal(link('generic'), undefined);
    assert.equal(link('auto'), undefined);
    assert.equal(link('librechat', { siteModel: '' }), undefined);
    assert.equal(
      link('auto', { origin: 'https://openrouter.ai' }),
      'https://openrouter.ai/chat?models=acme%2Fthinker%3A7b',
    );
  });

  it('never leave the site', () => {
    for (const siteModel of [
      '//evil.example',
      '\\\\evil.example',
      '@evil.example',
      '../..//evil.example',
      'javascript:1',
    ]) {
      for (const adapter of ['open-webui', 'openrouter', 'librechat']) {
        assert.equal(new URL(link(adapter, { siteModel })).origin, LINK.origin);
      }
    }
    for (const origin of [
      'javascript:alert(1)',
      'file:///',
      'null',
      '',
      'https://user@chat.example.com',
      'ftp://a.example',
    ]) {
      assert.equal(link('librechat', { origin }), undefined, origin);
    }
  });

  it('contain as much of the prompt as fits, without splitting a character', () => {
    for (const text of ['x', 'é', '問', '🚦', 'a🚦é ', '\ud83d']) {
      const prompt = text.repeat(4000);
      const href = link('librechat', { prompt });
      assert.ok(href.length <= 2000 && href.length > 1980, `got ${href.length} for ${text}`);
      const kept = new URL(href).searchParams.get('prompt');
      assert.ok(prompt.replace(/\p{Surrogate}/gu, '\ufffd').startsWith(kept));
    }
    assert.equal(new URL(link('librechat', { prompt: 'x'.repeat(1000) })).searchParams.get('prompt').length, 1000);
    const { searchParams } = new URL(link('librechat', { siteModel: 'm'.repeat(1945), prompt: '🚦' }));
    assert.equal(searchParams.get('prompt'), null);
    assert.equal(link('librechat', { siteModel: 'm'.repeat(2000) }), undefined);
  });
});

describe('texts', () => {
  it('are cut between characters', () => {
    assert.equal(content.cut('abc', 3), 'abc');
    assert.equal(content.cut('abcd', 3), 'abc');
    assert.equal(content.cut('ab🚦', 3), 'ab');
    assert.equal(content.cut('a🚦b', 3), 'a🚦');
    assert.equal(content.cut('', 0), '');
  });

  it('are questions if they have three letters or digits, in any script', () => {
    for (const text of ['', 'ab', '?!… --- \n', 'a b', '🚦🚦🚦']) assert.equal(content.isQuestion(text), false, text);
    for (const text of ['abc', 'a b\nc', '1+1=2', '為什麼', 'لماذا', 'Ωμέγα'])
      assert.equal(content.isQuestion(text), true, text);
  });
});

describe('the comparison on the card', () => {
  it('asks for the usual model only if the current one is not known', () => {
    const words = (current) => content.comparison({ verdict: 'unknown', current });
    assert.match(words(null), /does not say which model you are on\. Set your usual one/);
    assert.equal(words('Talker'), 'Not compared with Talker, which your settings or the benchmark leave out.');
  });
});

describe('positions', () => {
  const VIEW = { left: 0, top: 0, right: 1000, bottom: 700 };
  const SIZE = { width: 200, height: 28 };
  const frame = (left, top, width, height) => ({ left, top, right: left + width, bottom: top + height });
  const around = (box, view = VIEW, isRtl = false) => [...content.spotsAround(box, SIZE, view, isRtl)];
  const beside = (...args) => around(...args)[0];

  it('are at the end of the line above the box, or below it at the top of the page', () => {
    assert.deepEqual(beside(frame(100, 500, 600, 60)), { left: 500, top: 466 });
    assert.deepEqual(beside(frame(100, 500, 600, 60), VIEW, true), { left: 100, top: 466 });
    assert.deepEqual(beside(frame(100, 10, 600, 60)), { left: 500, top: 76 });
  });

  it('are next the start and the middle of that line, the sides, the row of buttons, and farther away', () => {
    const spots = around(frame(300, 400, 400, 100));
    const expected = [
      ...[500, 300, 400].map((left) => ({ left, top: 366 })),
      ...[500, 300, 400].map((left) => ({ left, top: 506 })),
      ...[706, 94].map((left) => ({ left, top: 468 })),
    ];
    assert.deepEqual(spots.slice(0, 8), expected);
    assert.deepEqual(spots[8], { left: 496, top: 459 });
    assert.deepEqual(spots.at(-1), { left: 400, top: 282 });
  });

  it('are within the visible part, and none if there is no room or the box is out of view', () => {
    assert.deepEqual(beside(frame(-150, 500, 200, 60)), { left: 4, top: 466 });
    assert.deepEqual(beside(frame(900, 500, 600, 60)), { left: 796, top: 466 });
    assert.deepEqual(beside(frame(0, 500, 600, 60), frame(300, 400, 390, 300)), { left: 400, top: 466 });
    for (const { left, top } of around(frame(20, 20, 960, 640))) {
      assert.ok(left >= 4 && top >= 4 && left + SIZE.width <= 996 && top + SIZE.height <= 696);
    }
    for (const away of [frame(100, 710, 600, 60), frame(100, -70, 600, 60), frame(1010, 500, 60, 60)]) {
      assert.deepEqual(around(away), []);
    }
  });

  it('of the card leave the box free if possible, and never exceed the visible part', () => {
    const card = { width: 320, height: 300 };
    const place = (box) => {
      const { left, top } = beside(box);
      const badge = { left, top, right: left + SIZE.width, bottom: top + SIZE.height };
      return content.besideBadge(badge, box, card, VIEW, false);
    };
    assert.deepEqual(place(frame(100, 500, 600, 60)), { left: 380, top: 160, maxHeight: 456 });
    // There is more room below the box.
    assert.deepEqual(place(frame(100, 200, 600, 60)), { left: 380, top: 266, maxHeight: 430 });
    // The card does not fit: it scrolls on the larger side.
    assert.deepEqual(place(frame(100, 250, 600, 300)), { left: 380, top: 4, maxHeight: 206 });
    // The box fills the page: the card covers it.
    const over = place(frame(100, 60, 600, 600));
    assert.deepEqual(over, { left: 380, top: 60, maxHeight: 692 });
  });
});
