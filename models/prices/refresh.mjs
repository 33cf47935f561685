// `npm run prices [-- --accept MODEL...] [--date YYYY-MM-DD] [--older FILE]`: refreshes prices.json from @pydantic/genai-prices.
//
// A price that moves by more than 1.6x is refused: the program prints it, writes nothing and exits with 1, until
// `--accept` names the model (or `all`). A model that the package no longer lists keeps its price and its old date.
// The date of a new version of the package is asked from npm once; without network, give it with `--date`.
// `--older FILE` adds the models of an older list that nothing newer has, with that list's date.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { waitForUpdate } from '@pydantic/genai-prices';
import { listedPrices, movesOf, refreshed, withOlder, writtenTable } from './table.mjs';

const PACKAGE = '@pydantic/genai-prices';
const TABLE = fileURLToPath(new URL('prices.json', import.meta.url));

const { values } = parseArgs({
  options: {
    accept: { type: 'string', multiple: true, default: [] },
    date: { type: 'string' },
    older: { type: 'string' },
  },
  allowPositionals: false,
});

function readTable() {
  try {
    return JSON.parse(readFileSync(TABLE, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function versionOf() {
  const lock = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8'));
  return lock.packages[`node_modules/${PACKAGE}`].version;
}

/** Returns the day on which a version was published. */
function dateOf(version, table) {
  if (values.date !== undefined) return values.date;
  if (table?.list.version === version) return table.list.date;
  const times = JSON.parse(execFileSync('npm', ['view', PACKAGE, 'time', '--json'], { encoding: 'utf8' }));
  return times[version].slice(0, 10);
}

const before = readTable();
const version = versionOf();
const list = { package: PACKAGE, version, date: dateOf(version, before) };
const { models, skipped } = listedPrices(await waitForUpdate(), list);
let table = refreshed(before, models, list);
if (values.older !== undefined) table = withOlder(table, JSON.parse(readFileSync(values.older, 'utf8')));
const moves = movesOf(before, table);
const refused = moves.filter(({ model }) => !values.accept.includes(model) && !values.accept.includes('all'));
for (const { model, words } of moves) {
  const isRefused = refused.some((move) => move.model === model);
  process.stdout.write(`${isRefused ? 'refused' : 'accepted'}: ${model} ${words}\n`);
}
const old = Object.values(table.models).filter(({ date }) => date !== list.date).length;
process.stdout.write(
  `${Object.keys(models).length} models in ${PACKAGE} ${version} of ${list.date}, ${skipped} entries without both ` +
    `prices skipped; ${old} prices are older\n`,
);
if (refused.length > 0) {
  process.stdout.write('Nothing was written. Check the prices, then run again with --accept MODEL for each.\n');
  process.exitCode = 1;
} else {
  writeFileSync(TABLE, writtenTable(table));
}
