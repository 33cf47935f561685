// The examples that open the documentation run as they stand.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';
import { root } from './support/fixtures.mjs';

/** Runs a module inside the checkout, where `signalbox` is this package. */
function run(name, code) {
  const file = path.join(root, 'build', `example-${name}.mjs`);
  writeFileSync(file, code);
  try {
    return spawnSync(process.execPath, [file], { encoding: 'utf8' });
  } finally {
    rmSync(file);
  }
}

it('the example of the entry routes a prompt', () => {
  const source = readFileSync(path.join(root, 'bindings/ts/index.ts'), 'utf8');
  const comment = source.slice(0, source.indexOf('*/'));
  const lines = comment.split('\n').filter((line) => line.startsWith(' *     ') || line.trim() === '*');
  const { stdout, stderr, status } = run('entry', lines.map((line) => line.replace(/^ \*( {5})?/, '')).join('\n'));
  assert.equal(stderr, '');
  assert.equal(status, 0);
  assert.match(stdout, /^\S+\/\S+ .+\. [\d.]+\n$/);
});

it('the first example of the README prints what it says', () => {
  const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
  const [, code] = /```js\n([\s\S]*?)```/.exec(readme);
  const { stdout, stderr, status } = run('readme', code);
  assert.equal(stderr, '');
  assert.equal(status, 0);
  const printed = stdout.trimEnd().split('\n');
  const stated = [...code.matchAll(/^console\.log\(.+\); \/\/ (.+)$/gm)].map(([, line]) => line);
  assert.ok(stated.length >= 4);
  // A reason also says so when the prices are old.
  const isReason = (line) => line.includes('. This looks like');
  assert.deepEqual(
    printed.map((line, i) => (isReason(line) ? line.slice(0, stated[i]?.length) : line)),
    stated,
  );
  assert.match(stdout, /for a tenth of its price/, 'the example shows a saving');
});
