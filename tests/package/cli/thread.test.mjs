// The commands that read files end with a signal, and with an error if memory runs out, whatever a parser does.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { csv, folder, inOwnFolders, MODELS, write } from '../building/fixtures.mjs';
import { dist } from '../support/fixtures.mjs';

const CLI = fileURLToPath(new URL('cli.js', dist));
const STUCK = new URL('../support/stuck-thread.mjs', import.meta.url).href;

/** Runs a build whose parser is stuck, with signals once it is; returns the exit code and the last line of stderr. */
function stuckBuild({ signals = [], node = [], stuck = '' }) {
  write('results.csv', csv(MODELS));
  return new Promise((resolve) => {
    const args = [
      ...node,
      '--import',
      STUCK,
      CLI,
      'build',
      path.join(folder, 'results.csv'),
      '-o',
      'out.sbx',
      '--no-cache',
    ];
    const child = spawn(process.execPath, args, { cwd: folder, env: { ...process.env, STUCK: stuck } });
    let stderr = '';
    let isStuck = false;
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
      if (isStuck || !stderr.includes('stuck')) return;
      isStuck = true;
      for (const signal of signals) child.kill(signal);
    });
    child.on('close', (code) => resolve({ code, said: stderr.trim().split('\n').at(-1) }));
  });
}

describe('a parser that never returns', () => {
  inOwnFolders();

  it('is ended some time after a signal', async () => {
    const { code, said } = await stuckBuild({ signals: ['SIGINT'] });
    assert.equal(said, 'signalbox: the operation was aborted (aborted)');
    assert.equal(code, 130);
  });

  it('is ended at once by a second signal', async () => {
    const { code, said } = await stuckBuild({ signals: ['SIGTERM', 'SIGHUP'] });
    assert.equal(said, 'signalbox: the operation was aborted (aborted)');
    assert.ok([128 + 15, 128 + 1].includes(code), `exit ${code}`);
  });

  it('ends with a code if it takes all memory', async () => {
    const { code, said } = await stuckBuild({ node: ['--max-old-space-size=100'], stuck: 'memory' });
    assert.match(said, /^signalbox: more than \d+ MB are needed: .* \(out_of_memory\)$/);
    assert.equal(code, 1);
  });
});
