// Blocks of shell commands: which of their lines run, and how.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Commands that run beside `npx signalbox`. */
const SHELL = /^(cat|echo|printf|for|head|mkdir|diff)\b/;

/** Subcommands of npm, as opposed to scripts. */
const NPM = ['install', 'i', 'ci', 'exec', 'pack', 'create', 'init'];

/** Splits a block into commands: a line that ends with a backslash goes on. Comments and blank lines are left out. */
export const commandsOf = (code) =>
  code
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));

/** Returns whether a command runs; one of another tool does not. */
export const runs = (command) => /^npx signalbox\b/.test(command) || SHELL.test(command);

/** Returns the words of a command `npx signalbox`; `undefined` if it needs a shell. */
export function wordsOf(command) {
  const words = [...command.replace(/\s#.*$/, '').matchAll(/(?:'[^']*'|"[^"$`\\]*"|[^\s'"|<>;&$`*\\])+/g)];
  const left = words.reduce((rest, [word]) => rest.replace(word, ''), command.replace(/\s#.*$/, ''));
  if (left.trim() !== '' || !/^npx signalbox\b/.test(command)) return undefined;
  return words.slice(2).map(([word]) => word.replace(/'([^']*)'|"([^"]*)"/g, (_, one, two) => one ?? two));
}

/** Returns what is wrong with a command of the repository, which does not run; `undefined` if nothing is. */
export function faultOf(command, page) {
  const folders = [path.join(root, path.dirname(page)), root];
  const [, script] = /^npm (?:run )?([\w:-]+)/.exec(command) ?? [];
  if (script !== undefined && !NPM.includes(script)) {
    const manifests = folders.map((folder) => path.join(folder, 'package.json')).filter((file) => existsSync(file));
    const isThere = manifests.some((file) => script in (JSON.parse(readFileSync(file, 'utf8')).scripts ?? {}));
    return isThere ? undefined : `no package.json has the script ${script}`;
  }
  const [, file] = /^node ([\w./-]+\.m?js)\b/.exec(command) ?? [];
  if (file === undefined || folders.some((folder) => existsSync(path.join(folder, file)))) return undefined;
  return `there is no file ${file}`;
}

/** Puts an `npx` into a folder that runs this package's command. */
export function makeNpx(folder, node) {
  const file = path.join(folder, 'npx');
  writeFileSync(file, `#!/bin/sh\nshift\nexec '${node}' '${path.join(root, 'dist/cli.js')}' "$@"\n`);
  chmodSync(file, 0o755);
}

/** Runs the commands of a block in a folder by a shell; the first one that fails ends it. */
export function runShell(commands, folder, bin) {
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
  const options = { cwd: folder, encoding: 'utf8', env, input: '' };
  return spawnSync('bash', ['-e', '-o', 'pipefail', '-c', commands.join('\n')], options);
}
