// Holds small hostile files against the table of docs/limits.md: each is read or refused, within the memory that the table
// allows. Each file is read in a process of its own.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { root } from './support/fixtures.mjs';
import { HOSTILE } from './support/hostile-files.mjs';

const READER = fileURLToPath(new URL('support/hostile-reader.mjs', import.meta.url));
/** More than any of them takes on a busy machine; a reader that never ends is ended. */
const PATIENCE_MS = 300_000;
/** Node.js itself varies by this much from run to run. */
const NOISE_MB = 32;

/** Limits of memory by reader: `fixed + factor B`. */
const LIMITS = new Map(
  [...readFileSync(path.join(root, 'docs/limits.md'), 'utf8').matchAll(/^\| ([\w ]+) \| (\d+) \+ (\d+) B \|/gm)].map(
    ([, reader, fixed, factor]) => [reader, { fixed: Number(fixed), factor: Number(factor) }],
  ),
);

function readIn(reader, folder) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [READER, reader, folder], { timeout: PATIENCE_MS, killSignal: 'SIGKILL' });
    const out = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => (out.stdout += chunk));
    child.stderr.on('data', (chunk) => (out.stderr += chunk));
    child.on('close', (code, signal) =>
      code === 0 ? resolve(JSON.parse(out.stdout)) : reject(new Error(`${signal ?? `exit ${code}`}: ${out.stderr}`)),
    );
  });
}

describe('hostile files', { concurrency: availableParallelism() }, () => {
  let scratch;
  let idleMB;
  const folderOf = (files) => {
    const folder = mkdtempSync(path.join(scratch, 'files-'));
    for (const [name, bytes] of Object.entries(files)) writeFileSync(path.join(folder, name), bytes);
    return folder;
  };

  before(async () => {
    scratch = mkdtempSync(path.join(tmpdir(), 'signalbox-hostile-'));
    const { code, peakMB } = await readIn('csv', folderOf({ 'x.csv': 'prompt,dataset,a\nhi,x,1\nho,y,0\n' }));
    assert.equal(code, undefined);
    idleMB = peakMB;
  });
  after(() => rmSync(scratch, { recursive: true }));

  it('cover every reader of the table', () => {
    assert.deepEqual(new Set(HOSTILE.map(([, reader]) => reader)), new Set(LIMITS.keys()));
    assert.ok(HOSTILE.length >= 40);
  });

  for (const [name, reader, make, code] of HOSTILE) {
    it(`${reader}: ${name}`, async () => {
      const files = await make();
      const sizeMB = Object.values(files).reduce((sum, bytes) => sum + bytes.length, 0) / 2 ** 20;
      assert.ok(sizeMB < 4, `the file has ${sizeMB} MB`);
      const { fixed, factor } = LIMITS.get(reader);
      const got = await readIn(reader, folderOf(files));
      assert.equal(got.code, code, got.message);
      const most = idleMB + NOISE_MB + fixed + factor * sizeMB;
      assert.ok(got.peakMB <= most, `${got.peakMB} MB, expected at most ${most}`);
    });
  }
});
