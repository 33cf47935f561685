// `npm run docs:test`: runs every block of code of the documents and of doc comments (tests/package/documents.test.mjs).
//   npm run docs:test -- --node 24          by that version of Node.js, which npx fetches
//   npm run docs:test -- --node /opt/node   by that program
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { run, setUp } from './setup.mjs';

/** Returns the path of a Node.js: of a program, or of a version, from the package `node`. */
function programOf(wanted) {
  if (!/^\d+(\.\d+)*$/.test(wanted)) return wanted;
  const args = ['exec', '--yes', `--package=node@${wanted}`, '--', 'node', '-p', 'process.execPath'];
  const { status, stdout, stderr } = spawnSync('npm', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`Node.js ${wanted} could not be fetched from a registry:\n${stderr.trim()}`);
  return stdout.trim();
}

try {
  const { values } = parseArgs({ options: { node: { type: 'string' } } });
  setUp('build');
  const env = values.node === undefined ? {} : { DOCUMENTS_NODE: programOf(values.node) };
  const test = ['--test', '--test-reporter=spec', 'tests/package/documents.test.mjs'];
  run(process.execPath, test, { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } });
} catch (error) {
  console.error(`signalbox docs: ${error.message}`);
  process.exitCode = 1;
}
