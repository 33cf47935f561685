// Builds in shards on a real one-node Slurm: the same bytes as a build in one piece, even if processes or tasks are
// killed.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { after, before, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { pause, startSlurm, whyNot } from './slurm.mjs';

const dist = fileURLToPath(new URL('../../dist/', import.meta.url));
const SHARDS = 4;
const WAIT_MS = 180_000;

const reason = whyNot();
let slurm;
let folder;
let expected;

/** Writes two made-up datasets of 60 prompts, scored on three models, in two files so that rows are joined. */
function writeResults(target) {
  mkdirSync(target);
  for (const [file, models] of [
    ['first.csv', ['small', 'middle']],
    ['second.csv', ['large']],
  ]) {
    const lines = [`dataset,id,prompt,${models.join()}`];
    for (let i = 0; i < 120; ++i) {
      const dataset = i % 2 === 0 ? 'sums' : 'words';
      const prompt = i % 2 === 0 ? `What is ${i} plus ${3 * i}?` : `Which word has ${i} letters more than sea?`;
      lines.push([dataset, i, prompt, ...models.map((m) => Number((i * m.length) % 3 > 0))].join());
    }
    writeFileSync(path.join(target, file), lines.join('\n'));
  }
}

before(async () => {
  if (reason !== undefined) {
    console.log(`skipped: ${reason}`);
    return;
  }
  slurm = await startSlurm();
  folder = mkdtempSync(path.join(tmpdir(), 'signalbox-cluster-'));
  writeResults(path.join(folder, 'results'));
  const whole = path.join(folder, 'whole.sbx');
  const args = ['build', path.join(folder, 'results'), '--output', whole, '--no-cache', '--no-measure'];
  const { status, stderr } = spawnSync(process.execPath, [path.join(dist, 'cli.js'), ...args], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  expected = readFileSync(whole);
});
after(async () => {
  await slurm?.stop();
  if (folder !== undefined) rmSync(folder, { recursive: true });
});

/** Runs the script with a module that every Node process loads first; returns the number of the joining job. */
function submit(output, { preload = '', environment = {} } = {}) {
  const module = path.join(folder, `preload-${Math.random()}.mjs`);
  writeFileSync(module, preload);
  const args = [
    path.join(dist, 'slurm', 'build.sh'),
    String(SHARDS),
    output,
    path.join(folder, 'results'),
    '--no-cache',
  ];
  const env = { ...slurm.environment, ...environment, NODE_OPTIONS: `--import ${module}` };
  const { status, stdout, stderr } = spawnSync('bash', args, { encoding: 'utf8', env });
  assert.equal(status, 0, stderr);
  return stdout.trim();
}

/** Waits until no job is left. */
async function finished() {
  for (const start = Date.now(); Date.now() - start < WAIT_MS; await pause(200)) {
    if (slurm.run('squeue', '-h') === '') return;
  }
  assert.fail(`jobs are still there:\n${slurm.run('squeue')}`);
}

const logs = (output) =>
  existsSync(`${output}.shards`)
    ? readdirSync(`${output}.shards`)
        .filter((name) => name.endsWith('.log'))
        .map((name) => `${name}:\n${readFileSync(path.join(`${output}.shards`, name), 'utf8')}`)
        .join('\n')
    : 'no logs';

/** Kills `victim` the first time that shard `shard` is built. */
const killOnce = (shard, victim, marker) => `
  import { existsSync, writeFileSync } from 'node:fs';
  if (process.argv.includes('${shard}/${SHARDS}') && !existsSync('${marker}')) {
    writeFileSync('${marker}', '');
    process.kill(${victim}, 'SIGKILL');
    await new Promise(() => setInterval(() => {}, 1000));
  }`;

it('writes the bytes of a build in one piece and removes its shards', { skip: reason }, async () => {
  const output = path.join(folder, 'plain.sbx');
  submit(output);
  await finished();
  assert.ok(existsSync(output), logs(output));
  assert.deepEqual(readFileSync(output), expected);
  assert.deepEqual(
    readdirSync(`${output}.shards`).filter((name) => name.endsWith('.sbx')),
    [],
  );
});

it('retries a shard whose process was killed', { skip: reason }, async () => {
  const output = path.join(folder, 'killed.sbx');
  submit(output, { preload: killOnce(2, 'process.pid', path.join(folder, 'killed')) });
  await finished();
  assert.ok(existsSync(output), logs(output));
  assert.deepEqual(readFileSync(output), expected);
  assert.match(readFileSync(`${output}.shards/shard-2.log`, 'utf8'), /attempt 2/);
});

it('joins nothing after a task was killed, and resumes from the existing shards', {
  skip: reason,
}, async () => {
  const output = path.join(folder, 'resumed.sbx');
  submit(output, { preload: killOnce(3, 'process.ppid', path.join(folder, 'parent')) });
  await finished();
  assert.ok(!existsSync(output), logs(output));
  const there = readdirSync(`${output}.shards`).filter((name) => name.endsWith('.sbx'));
  assert.equal(there.length, SHARDS - 1);
  const again = spawnSync('bash', [path.join(dist, 'slurm', 'build.sh'), '4', output, 'x'], { env: slurm.environment });
  assert.equal(again.status, 1, 'shards of an earlier run are used only on request');
  submit(output, { environment: { SIGNALBOX_RESUME: '1' } });
  await finished();
  assert.ok(existsSync(output), logs(output));
  assert.deepEqual(readFileSync(output), expected);
});

it('reports a problem with the files once', { skip: reason }, async () => {
  const output = path.join(folder, 'bad.sbx');
  const args = [path.join(dist, 'slurm', 'build.sh'), '1', output, path.join(folder, 'no-such-folder')];
  const { status } = spawnSync('bash', args, { env: slurm.environment });
  assert.equal(status, 0);
  await finished();
  const log = readFileSync(`${output}.shards/shard-1.log`, 'utf8');
  assert.match(log, /no-such-folder could not be read/);
  assert.doesNotMatch(log, /attempt 2/);
});
