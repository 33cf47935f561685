// Commands that are stopped, or that find no room: a code, no stack, and no file left behind.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFile } from '../../../dist/files/disk/temporary.js';
import { csv, folder, inOwnFolders, MODELS, QUICK, run, runs, write } from '../building/fixtures.mjs';
import { dist } from '../support/fixtures.mjs';

inOwnFolders();

const CLI = fileURLToPath(new URL('cli.js', dist));
const isLinux = process.platform === 'linux';

/** Runs a command line of bash in the folder; `@` stands for the command. */
function shell(line, env = {}) {
  const command = line.replace('@', `"${process.execPath}" "${CLI}"`);
  return spawnSync('bash', ['-c', command], { cwd: folder, encoding: 'utf8', env: { ...process.env, ...env } });
}

const without = (stderr) => assert.doesNotMatch(stderr, /^\s+at |Node\.js v/m, 'a stack');

/** Starts a build and sends these signals, one for each text on stderr. Returns how it ended. */
function stopped(signals, args = ['build', 'results.csv', '-o', 'x.sbx', ...QUICK]) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [CLI, ...args], { cwd: folder });
    let stderr = '';
    let next = 0;
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
      while (next < signals.length && stderr.includes(signals[next][0])) child.kill(signals[next++][1]);
    });
    child.on('close', (code, signal) => resolve({ code, signal, stderr }));
  });
}

/** Returns the files in the folder, also those below it, that hold a prompt. */
const withPrompts = () =>
  readdirSync(folder, { recursive: true })
    .map((name) => path.join(folder, name))
    .filter((name) => statSync(name).isFile() && !name.endsWith('results.csv'))
    .filter((name) => readFileSync(name).includes('What is '));

describe('a signal', () => {
  for (const [signal, expected] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ]) {
    it(`${signal} ends a build with ${expected}, and removes what was begun`, async () => {
      write('results.csv', csv(MODELS, 400));
      const { code, stderr } = await stopped([['embedding', signal]]);
      assert.equal(code, expected, stderr);
      assert.match(stderr, /\(aborted\)\n$/);
      assert.deepEqual(readdirSync(folder), ['results.csv']);
    });
  }

  it('that comes a second time ends the command at once, and removes what was begun', async () => {
    write('results.csv', csv(MODELS, 400));
    const { code, stderr } = await stopped([
      ['embedding', 'SIGHUP'],
      ['embedding', 'SIGINT'],
    ]);
    assert.ok([129, 130].includes(code), `${code} ${stderr}`);
    without(stderr);
    assert.deepEqual(readdirSync(folder), ['results.csv']);
  });

  it('that kills leaves no prompt, and the next build removes the rest', async () => {
    write('results.csv', csv(MODELS, 400));
    const { signal } = await stopped([['embedding', 'SIGKILL']]);
    assert.equal(signal, 'SIGKILL');
    assert.deepEqual(withPrompts(), []);
    assert.equal(readdirSync(folder).filter((name) => name.includes('.building-')).length, 1);
    await runs('build', 'results.csv', '-o', 'y.sbx', ...QUICK);
    assert.deepEqual(readdirSync(folder).sort(), ['results.csv', 'y.sbx']);
  });
});

describe('leftovers', () => {
  it('of processes that run, of other machines and of other programs stay', async () => {
    write('results.csv', csv(MODELS));
    const own = path.basename(temporaryFile('z.sbx'));
    const [, host, pid, start] = /writing-(\w{8})-(\d+)-(\d+)\.tmp$/.exec(own);
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    const other = host === '00000000' ? '00000001' : '00000000';
    const kept = [own, `z.sbx.writing-${other}-${dead}-1.tmp`, `z.sbx.${dead}.tmp`, 'notes.building-permit'];
    const removed = [`z.sbx.writing-${host}-${dead}-${start}.tmp`];
    // The number of a process that runs, but of an earlier one.
    if (isLinux) removed.push(`z.sbx.writing-${host}-${pid}-${Number(start) - 1}.tmp`);
    for (const name of [...kept, ...removed]) writeFileSync(path.join(folder, name), 'x');
    mkdirSync(path.join(folder, `z.sbx.building-${host}-${dead}-1-abcdef`));
    await runs('build', 'results.csv', '-o', 'x.sbx', ...QUICK);
    assert.deepEqual(readdirSync(folder).sort(), [...kept, 'results.csv', 'x.sbx'].sort());
    for (const name of kept) spawnSync('rm', [path.join(folder, name)]);
  });
});

describe('a full disk', { skip: !isLinux }, () => {
  it('below the output is quota_exceeded, and what was begun is removed', () => {
    write('results.csv', csv(MODELS, 3000));
    for (const more of ['--no-cache', '--cache cache']) {
      // A limit on the size of files stands in for a full disk.
      const { status, stderr } = shell(`ulimit -f 64; @ build results.csv -o x.sbx --no-measure ${more}`);
      assert.equal(status, 1, stderr);
      assert.match(
        stderr,
        /could not be written: file too large \(quota_exceeded\)\n$|cannot be used: .*\(quota_exceeded\)\n$/,
      );
      without(stderr);
      assert.deepEqual(
        readdirSync(folder).filter((name) => name !== 'cache'),
        ['results.csv'],
      );
    }
  });

  it('below the default cache is a note', () => {
    write('results.csv', csv(MODELS, 60));
    const cache = { XDG_CACHE_HOME: path.join(folder, 'home') };
    // 180 records of the cache have 96,480 bytes; the vectors beside the output have 92,160.
    const { status, stderr } = shell('ulimit -f 93; @ build results.csv -o x.sbx --no-measure --dims 8', cache);
    assert.equal(status, 0, stderr);
    assert.match(stderr, /vectors are not kept: the cache .* cannot be used: file too large/);
    assert.equal(stderr.match(/are not kept/g).length, 1);
    assert.ok(existsSync(path.join(folder, 'x.sbx')));
  });

  it('behind the output or the messages does not print a stack', () => {
    const full = shell('@ route hi > /dev/full');
    assert.equal(full.status, 1);
    assert.match(full.stderr, /the output could not be written: no space left on device \(quota_exceeded\)\n$/);
    without(full.stderr);
    const json = shell('@ route hi --json > /dev/full');
    assert.equal(JSON.parse(json.stderr).error.code, 'quota_exceeded');
    write('results.csv', csv(MODELS));
    assert.equal(shell(`@ build results.csv -o x.sbx ${QUICK.join(' ')} 2> /dev/full`).status, 0);
    assert.equal(shell(`@ build results.csv -o x.sbx ${QUICK.join(' ')} > /dev/full`).status, 1);
    assert.equal(shell('set -o pipefail; @ inspect --json | head -c 1').status, 0, 'a reader that has read enough');
  });
});

describe('a cache that cannot be written', () => {
  const args = ['build', 'results.csv', '-o', 'x.sbx', '--no-measure'];

  it('is left out with a note by default, and refused if it was named', async () => {
    write('results.csv', csv(MODELS));
    write('file', 'not a folder');
    const env = { ...process.env, XDG_CACHE_HOME: path.join(folder, 'file') };
    const { status, stderr } = spawnSync(process.execPath, [CLI, ...args], { cwd: folder, encoding: 'utf8', env });
    assert.equal(status, 0, stderr);
    assert.match(stderr, /vectors are not kept: the cache .*file.* cannot be used: not a directory/);
    assert.ok(existsSync(path.join(folder, 'x.sbx')));
    const named = await run([...args, '--cache', 'file/cache']);
    assert.equal(named.code, 1);
    assert.match(named.stderr, /the cache file\/cache cannot be used: not a directory \(network\)\n$/);
  });
});
