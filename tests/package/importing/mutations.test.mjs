// Damaged Parquet files, archives and shards are read or refused with a code, and each of them ends. They are read in a
// thread, which is ended if one does not.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { ERROR_CODES } from '../../../dist/index.js';

const SEED = 23;
const ROUNDS = 400;
/** More than all rounds take on a busy machine. */
const PATIENCE_MS = 600_000;

function outcomesOf(kind) {
  const thread = new Worker(new URL('../support/mutant-reader.mjs', import.meta.url), {
    workerData: { kind, seed: SEED, rounds: ROUNDS },
  });
  return new Promise((resolve, reject) => {
    const refused = [];
    let last = -1;
    thread.on('message', ({ round, code, stack }) => {
      last = round;
      if (stack !== undefined) refused.push({ round, code, stack });
    });
    const timer = setTimeout(() => thread.terminate(), PATIENCE_MS);
    thread.on('error', reject);
    thread.on('exit', () => {
      clearTimeout(timer);
      if (last === ROUNDS - 1) resolve(refused);
      else reject(new Error(`round ${last} of ${ROUNDS} did not end`));
    });
  });
}

for (const kind of ['parquet', 'parquet (snappy)', 'zip', 'shard']) {
  it(`damaged files end: ${kind}, seed ${SEED}`, async () => {
    const refused = await outcomesOf(kind);
    const known = ERROR_CODES.filter((code) => code !== 'internal');
    for (const { round, code, stack } of refused) assert.ok(known.includes(code), `round ${round}: ${stack}`);
    // Damage reaches the readers: some of it is harmless, most is not.
    assert.ok(refused.length > ROUNDS / 4, `${refused.length} were refused`);
  });
}
