// The command and the package of the table of other languages.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { Router, StaticEmbedder } from '../../../dist/index.js';
import { dist, root } from '../support/fixtures.mjs';
import { tableFiles } from '../support/languages.mjs';

const run = promisify(execFile);
const CLI = fileURLToPath(new URL('cli.js', dist));
const PACK = path.join(root, 'models/multilingual/npm/pack.mjs');
const GERMAN = 'Schreibe ein Gedicht über den Herbst';

let folder;
let table;
before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'signalbox-multilingual-'));
  table = path.join(folder, 'table');
  await write(table);
});
after(() => rmSync(folder, { recursive: true }));

/** Writes the files of the small table, with their hash unless the configuration states another one. */
async function write(to, config = {}) {
  mkdirSync(to, { recursive: true });
  const opened = await StaticEmbedder.load(await tableFiles());
  const files = await tableFiles({ hash: opened.hash, ...config });
  opened.dispose();
  writeFileSync(path.join(to, 'tokenizer.json'), files.tokenizer);
  writeFileSync(path.join(to, 'model.safetensors'), files.model);
  writeFileSync(path.join(to, 'config.json'), files.config);
  writeFileSync(path.join(to, 'README.md'), '# A small table\n');
}

describe('the package of the table', () => {
  it('has the addresses of the files, and is found by the command', async () => {
    const modules = path.join(folder, 'node_modules/signalbox-multilingual');
    const { stdout } = await run(process.execPath, [PACK, '--table', table, '--out', modules]);
    assert.equal(stdout.trim(), modules);
    const { table: addresses } = await import(pathToFileURL(path.join(modules, 'index.js')).href);
    const router = await Router.load({ multilingual: addresses() });
    const { language } = await router.route(GERMAN);
    router.dispose();
    assert.equal(language, 'de');
    const routed = await run(process.execPath, [CLI, 'route', GERMAN, '--json'], { cwd: folder });
    assert.equal(JSON.parse(routed.stdout).language, 'de');
    const task = path.join(folder, 'prompts.txt');
    writeFileSync(task, `${GERMAN}\nEscribe un poema sobre el otoño\n`);
    const routedTask = await run(process.execPath, [CLI, 'route-task', task, '--json'], { cwd: folder });
    assert.equal(JSON.parse(routedTask.stdout).language, 'de');
  });

  it('is not made of files with another hash, or without them', async () => {
    const other = path.join(folder, 'other');
    await write(other, { hash: 'sha256:00' });
    const out = path.join(folder, 'out');
    await assert.rejects(run(process.execPath, [PACK, '--table', other, '--out', out]), /expected sha256:00/);
    rmSync(path.join(other, 'tokenizer.json'));
    await assert.rejects(run(process.execPath, [PACK, '--table', other, '--out', out]), /tokenizer\.json is missing/);
  });
});

describe('signalbox route', () => {
  it('reads a prompt in English as without the table', async () => {
    const { stdout, stderr } = await run(process.execPath, [CLI, 'route', 'Write a poem about autumn', '--json']);
    const { language, notes } = JSON.parse(stdout);
    assert.deepEqual([language, notes, stderr], [null, [], '']);
  });
});
