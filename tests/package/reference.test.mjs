// The API reference: what public names must say, and how its pages are made part of the site.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { documentPages } from '../../scripts/pages/documents.mjs';
import { commentFaults, publicNames } from '../../scripts/public-names.mjs';
import { adapted } from '../../scripts/reference.mjs';

describe('doc comments of public names', () => {
  const good = { entry: 'signalbox', comment: 'Returns it.', hasExample: true, interfaces: [], members: [] };
  const method = { key: 'run', isMethod: true, isInternal: false, comment: 'Runs.', hasExample: true };
  const faults = (name) => commentFaults([{ ...good, ...name }]);

  it('are there, and those of what users call have an example', () => {
    const names = publicNames();
    assert.ok(names.length > 150, `${names.length} names`);
    assert.deepEqual(commentFaults(names), []);
  });

  it('are missed', () => {
    assert.deepEqual(faults({ name: 'a', kind: 'function' }), []);
    assert.deepEqual(faults({ name: 'a', kind: 'interface', comment: '' }), ['signalbox: a has no doc comment']);
    assert.deepEqual(faults({ name: 'a', kind: 'function', hasExample: false }), ['signalbox: a has no @example']);
    assert.deepEqual(faults({ name: 'a', kind: 'other', comment: 'Whether it is.', hasExample: false }), [
      'signalbox: a begins with "Whether"',
    ]);
  });

  it('are missed at methods, which may have that of an interface', () => {
    const silent = { ...method, name: 'A.run', comment: '', hasExample: false };
    assert.deepEqual(faults({ name: 'A', kind: 'class', members: [silent] }), ['signalbox: A.run has no doc comment']);
    const described = { ...good, name: 'Runs', kind: 'interface', members: [{ ...method, name: 'Runs.run' }] };
    const implementing = { ...good, name: 'A', kind: 'class', interfaces: ['Runs'], members: [silent] };
    assert.deepEqual(commentFaults([described, implementing]), []);
  });
});

describe('pages of the reference', () => {
  const script = 'document.body.dataset.theme = "os"';
  const html =
    '<html data-base="../"><head><meta charset="utf-8"/></head><body><script>' +
    `${script}</script><div id="tsd-toolbar-links"></div><pre>code</pre></body></html>`;

  it('allow their own script by its hash, and no other', () => {
    const hash = createHash('sha256').update(script).digest('base64');
    const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(adapted(html));
    assert.equal(policy.match(/script-src ([^;]*)/)[1], `'self' 'sha256-${hash}'`);
    assert.ok(!policy.includes('unsafe'));
  });

  it('link to the site from any folder', () => {
    assert.ok(adapted(html).includes('href="../../docs/index.html"'));
  });

  it('are linked by the documents only if they are there', async () => {
    const link = '../reference/index.html';
    for (const hasReference of [false, true]) {
      const pages = await documentPages({ sources: 'https://example.org', hasReference });
      const linking = pages.filter(({ html: page }) => page.includes(link)).map(({ file }) => file);
      assert.deepEqual(linking, hasReference ? ['index.html'] : []);
    }
  });
});
