// Runs the modules that a list names, in one process: `node runner.mjs LIST OUT`. Writes one line of JSON for each.
import { appendFileSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import * as signalbox from 'signalbox';
import { setGlobals } from './given.mjs';

const [list, out] = process.argv.slice(2);
const report = (value) => appendFileSync(out, `${JSON.stringify(value)}\n`);

globalThis.__stated = (got, expected) => {
  if (!isDeepStrictEqual(got, expected))
    throw new Error(`got ${JSON.stringify(got)}, the comment says ${JSON.stringify(expected)}`);
};

let printed = '';
globalThis.__printed = (expected) => {
  const last = printed.trimEnd().split('\n').at(-1);
  const beginning = expected.endsWith(' ...') ? expected.slice(0, -4) : expected;
  // A sentence may be followed by another one: a reason also says so once the prices are old.
  const isSame = beginning !== expected || expected.endsWith('.') ? last.startsWith(beginning) : last === expected;
  if (!isSame) throw new Error(`printed ${last}, the comment says ${expected}`);
};
for (const stream of [process.stdout, process.stderr]) {
  stream.write = (text) => {
    printed += text;
    return true;
  };
}

// An error that no code waits for belongs to the block that runs.
let stray;
process.on('unhandledRejection', (error) => {
  stray ??= error;
});

let renew;
for (const { name, module, folder, isAlone } of JSON.parse(readFileSync(list, 'utf8'))) {
  report({ name, started: true });
  process.chdir(folder);
  // Blocks that count what is open come first, before anything is.
  if (!isAlone) {
    renew ??= await setGlobals(signalbox);
    renew();
  }
  [printed, stray] = ['', undefined];
  let error;
  try {
    await import(pathToFileURL(module).href);
    // Rejections are reported after the microtasks.
    await new Promise((resolve) => setImmediate(resolve));
  } catch (thrown) {
    error = thrown;
  }
  error ??= stray;
  report({ name, printed, error: error === undefined ? null : String(error?.stack ?? error) });
}
report({ name: 'end' });
process.exit();
