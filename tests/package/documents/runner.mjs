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

const renew = await setGlobals(signalbox);
for (const { name, module, folder } of JSON.parse(readFileSync(list, 'utf8'))) {
  report({ name, started: true });
  process.chdir(folder);
  renew();
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
router.dispose();
embedder.dispose();
report({ name: 'end', liveHandles: signalbox.liveHandles() });
process.exit();
