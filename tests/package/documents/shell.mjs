// Blocks of shell commands: which of their lines run, and how.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

/** Commands that run beside `npx signalbox`. */
const SHELL = /^(cat|echo|printf|for|head|cp|ls|mkdir|diff|test)\b/;

/** Splits a block into commands: a line that ends with a backslash goes on. Comments and blank lines are left out. */
export const commandsOf = (code) =>
  code
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));

/** Returns whether a command runs; one of another tool does not. */
export const runs = (command) => /^npx signalbox\b/.test(command) || SHELL.test(command);

/** Returns what is wrong with a command of the repository, which does not run; `undefined` if nothing is. */
export function faultOf(command) {
  const [, script] = /^npm (?:run )?([\w:-]+)/.exec(command) ?? [];
  if (script !== undefined && !['install', 'i', 'ci', 'exec', 'pack'].includes(script)) {
    return Object.hasOwn(scripts, script) ? undefined : `package.json has no script ${script}`;
  }
  const [, file] = /^node ([\w./-]+\.m?js)\b/.exec(command) ?? [];
  return file === undefined || existsSync(path.join(root, file)) ? undefined : `there is no file ${file}`;
}

/** Puts an `npx` into a folder that runs this package's command. */
export function makeNpx(folder, node) {
  const file = path.join(folder, 'npx');
  writeFileSync(file, `#!/bin/sh\nshift\nexec '${node}' '${path.join(root, 'dist/cli.js')}' "$@"\n`);
  chmodSync(file, 0o755);
}

/** Runs the commands of a block in a folder; the first one that fails ends it. */
export function runShell(commands, folder, bin) {
  const options = {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${bin}:${process.env.PATH}`, COLUMNS: '80' },
  };
  return spawnSync('bash', ['-e', '-o', 'pipefail', '-c', commands.join('\n')], {
    ...options,
    input: '',
    timeout: 120_000,
  });
}
