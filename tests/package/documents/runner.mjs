// Runs blocks in one process, in their order: `node runner.mjs LIST OUT`. LIST has modules and commands; a line of JSON in OUT
// says how each ended. One process for each would take most of its time to start.
import { appendFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import * as signalbox from 'signalbox';
import { setGlobals } from './given.mjs';

const [list, out] = process.argv.slice(2);
const report = (value) => appendFileSync(out, `${JSON.stringify(value)}\n`);
const COMMAND = import.meta.resolve('../../../dist/cli.js');

let printed = '';
let complained = '';
process.stdout.write = (text) => {
  printed += text;
  return true;
};
process.stderr.write = (text) => {
  complained += text;
  return true;
};

globalThis.__stated = (got, expected) => {
  if (isDeepStrictEqual(got, expected)) return;
  throw new Error(`got ${JSON.stringify(got)}, the comment says ${JSON.stringify(expected)}`);
};
// After a sentence more may follow: a decision's reason also says that a price is old.
globalThis.__printed = (expected) => {
  const last = printed.trimEnd().split('\n').at(-1);
  const isBeginning = /( \.\.\.|\.)$/.test(expected);
  if (isBeginning ? last.startsWith(expected.replace(/ \.\.\.$/, '')) : last === expected) return;
  throw new Error(`printed ${last}, the comment says ${expected}`);
};

// An error that no code waits for belongs to the block that runs.
let stray;
process.on('unhandledRejection', (error) => {
  stray ??= error;
});

let count = 0;
/** Runs a command as its process would. The query makes its module run anew; those that it imports are shared. */
async function runCommand(words) {
  process.argv = [process.execPath, 'signalbox', ...words];
  process.exitCode = undefined;
  await import(`${COMMAND}?${++count}`);
  if (process.exitCode)
    throw new Error(`npx signalbox ${words.join(' ')} ended with ${process.exitCode}: ${complained}`);
}

let renew;
for (const { name, module, commands, folder, isAlone } of JSON.parse(readFileSync(list, 'utf8'))) {
  report({ name, started: true });
  process.chdir(folder);
  // Blocks that count what is open come first, before anything is.
  if (!isAlone) {
    renew ??= await setGlobals(signalbox, path.dirname(list));
    renew();
  }
  [printed, complained, stray] = ['', '', undefined];
  let error;
  try {
    if (module !== undefined) await import(pathToFileURL(module).href);
    for (const words of commands ?? []) await runCommand(words);
    // Rejections are reported after the microtasks.
    await new Promise((resolve) => setImmediate(resolve));
  } catch (thrown) {
    error = thrown;
  }
  error ??= stray;
  report({
    name,
    printed,
    error: error === undefined ? null : String(error?.stack ?? error),
  });
}
report({ name: 'end' });
process.exit(0);
