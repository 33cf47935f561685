// A part of the matrix (`npm run matrix`): the package, packed and installed, in the tools that pages are mostly built with.
// The tables of docs/bundlers.md are those of the matrix.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { GROUPS, readTools, runTool, tableOf } from '../matrix/matrix.mjs';
import { Pages } from '../matrix/pages.mjs';
import { hasRegistry, pack } from '../matrix/projects.mjs';
import { root } from './support/fixtures.mjs';

/** The tools that are quick to install. The others are run by the command. */
const TOOLS = ['esbuild', 'vite', 'webpack', 'workerd'];

const tools = await readTools();

for (const group of GROUPS) {
  it(`docs/bundlers.md has the table of ${group}`, () => {
    const page = readFileSync(path.join(root, 'docs/bundlers.md'), 'utf8');
    assert.ok(page.includes(tableOf(tools, group)), `expected this table:\n\n${tableOf(tools, group)}`);
  });
}

describe('the packed package', () => {
  let pages;
  let missing = '';
  before(() => {
    if (!hasRegistry()) missing = 'no registry: the tools cannot be installed';
    else pack();
    pages = new Pages();
  });
  after(() => pages.close());

  for (const name of TOOLS) {
    it(`works in ${name}`, async (t) => {
      if (missing !== '') return t.skip(missing);
      await runTool(name, tools[name], pages, (title, failure) => assert.equal(failure, '', title));
    });
  }
});
