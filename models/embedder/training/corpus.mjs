/** The training pairs: `pairs-*.jsonl.zst`, one object per line with `a`, `b` and `source`. */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export function corpusFiles(folder) {
  const names = readdirSync(folder).filter((name) => /^pairs-.*\.jsonl\.zst$/.test(name));
  if (names.length === 0) throw new Error(`${folder} holds no pairs-*.jsonl.zst`);
  return names.sort().map((name) => join(folder, name));
}

/** Yields the lines of a zstd file, through Debian's `zstd`: Node 20 cannot decompress zstd itself. */
export async function* zstdLines(file) {
  const child = spawn('zstd', ['-dc', '--long=27', file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`zstd ended with ${code} on ${file}`))));
  });
  yield* createInterface({ input: child.stdout, crlfDelay: Number.POSITIVE_INFINITY });
  await ended;
}

export async function* readPairs(folder) {
  for (const file of corpusFiles(folder)) {
    for await (const line of zstdLines(file)) yield JSON.parse(line);
  }
}

/**
 * Weight of a source when pairs are drawn: the number of its pairs, capped, to the power .75, times a factor if its
 * texts are nearer to what users type (questions, requests, everyday sentences) or further from it.
 */
const PAIR_CAP = 150_000;
const FACTORS = { trivia: 1.5, dialog: 1.5, wikisplit: 2, wikitables: 1.5, misc: 1.5, t0: 1.5, gpteacher: 1.5 };

export function sourceWeight(source, pairs) {
  return Math.min(pairs, PAIR_CAP) ** 0.75 * (FACTORS[source] ?? 1);
}
